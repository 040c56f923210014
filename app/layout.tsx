/** The frame of every page. */
import "./globals.css";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { Header } from "./components/site/header.tsx";
import { Providers } from "./components/site/providers.tsx";
import { pageWords } from "./lib/page-words.ts";

export async function generateMetadata(): Promise<Metadata> {
  const { t } = await pageWords();
  const name = t("site.name");
  return { title: { default: name, template: `%s · ${name}` }, description: t("site.tagline") };
}

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#ffffff" },
    { media: "(prefers-color-scheme: dark)", color: "#1f1b18" },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const words = await pageWords();
  const { language, messages, t } = words;
  return (
    <html lang={language}>
      <body className="min-h-dvh">
        <a
          href="#content"
          className="sr-only focus:not-sr-only focus:m-2 focus:block focus:rounded-lg focus:bg-surface focus:p-3"
        >
          {t("site.skip")}
        </a>
        <Providers language={language} messages={messages}>
          <Header {...words} />
          <main id="content" className="mx-auto max-w-5xl px-4 py-4 sm:px-6 sm:py-8">
            {children}
          </main>
        </Providers>
      </body>
    </html>
  );
}
