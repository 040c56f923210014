/** Shown while the events are on their way. In this folder only: a page that may be missing must answer 404 at once. */
import { SkeletonList } from "#app/components/ui/skeleton.tsx";
import { pageWords } from "#app/lib/page-words.ts";

export default async function Loading() {
  const { t } = await pageWords();
  return <SkeletonList label={t("page.loading")} />;
}
