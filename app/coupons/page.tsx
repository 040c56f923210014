/** The visitor's coupons. The page is the same for everybody; its content is asked by the browser. */
import type { Metadata } from "next";
import { Wallet } from "#app/components/wallet/wallet.tsx";
import { pageWords } from "#app/lib/page-words.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await pageWords();
  return { title: t("wallet.title") };
}

export default async function CouponsPage() {
  const { t } = await pageWords();
  return (
    <div className="mx-auto max-w-4xl">
      <h1 className="mb-6 font-extrabold text-2xl sm:text-3xl">{t("wallet.title")}</h1>
      <Wallet />
    </div>
  );
}
