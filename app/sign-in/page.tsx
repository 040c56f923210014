/** The demo's sign-in, and the way back to where the visitor came from. */
import type { Metadata } from "next";
import { SignInForm } from "#app/components/site/sign-in-form.tsx";
import { safeNextPath } from "#app/lib/next-path.ts";
import { pageWords } from "#app/lib/page-words.ts";

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await pageWords();
  return { title: t("sign_in.title") };
}

export default async function SignInPage({ searchParams }: Props) {
  const { t } = await pageWords();
  const next = safeNextPath((await searchParams).next);
  return (
    <div className="mx-auto max-w-sm">
      <h1 className="font-extrabold text-2xl">{t("sign_in.title")}</h1>
      <p className="mt-1 mb-6 text-muted">{t("sign_in.lead")}</p>
      <SignInForm next={next} />
    </div>
  );
}
