"use client";
/** What a page shows that could not be rendered, for example while the database is away. */
import { useWords } from "./components/site/providers.tsx";
import { Button } from "./components/ui/button.tsx";
import { MessagePage } from "./components/ui/message-page.tsx";

export default function ErrorPage({ retry }: { retry: () => void }) {
  const { t } = useWords();
  return (
    <MessagePage title={t("page.error")} text={t("page.error_text")}>
      <Button onClick={retry}>{t("page.retry")}</Button>
    </MessagePage>
  );
}
