/** Sign-in, the demo's or the provider's, and the way back to where the visitor came from. */
import type { Metadata } from "next";
import { ProviderSignIn } from "#app/components/site/provider-sign-in.tsx";
import { SignInForm } from "#app/components/site/sign-in-form.tsx";
import { pageWords } from "#app/lib/page-words.ts";
import { getDeps } from "#server/deps";
import { safeNextPath } from "#server/next-path";

type Props = { searchParams: Promise<{ next?: string | string[]; problem?: string | string[] }> };

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await pageWords();
  return { title: t("sign_in.title") };
}

export default async function SignInPage({ searchParams }: Props) {
  const { t } = await pageWords();
  const { next, problem } = await searchParams;
  const path = safeNextPath(next);
  const isDemo = getDeps().authMode === "demo";
  return (
    <div className="mx-auto max-w-sm">
      <h1 className="font-extrabold text-2xl">{t("sign_in.title")}</h1>
      <p className="mt-1 mb-6 text-muted">{t(isDemo ? "sign_in.lead" : "sign_in.provider_lead")}</p>
      {isDemo ? <SignInForm next={path} /> : <ProviderSignIn next={path} problem={problem} t={t} />}
    </div>
  );
}
