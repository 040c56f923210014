/** What a wrong address shows. */
import { ButtonLink } from "./components/ui/button.tsx";
import { MessagePage } from "./components/ui/message-page.tsx";
import { pageWords } from "./lib/page-words.ts";

export default async function NotFound() {
  const { t } = await pageWords();
  return (
    <MessagePage title={t("page.not_found")} text={t("page.not_found_text")}>
      <ButtonLink href="/">{t("event.all_events")}</ButtonLink>
    </MessagePage>
  );
}
