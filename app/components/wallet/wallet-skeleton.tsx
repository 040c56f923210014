/** The outline of tickets that are on their way, as large as those that will stand there. */
import { Skeleton } from "#app/components/ui/skeleton.tsx";

export function WalletSkeleton({ label }: { label: string }) {
  return (
    <div role="status" className="grid gap-4 md:grid-cols-2">
      <span className="sr-only">{label}</span>
      {[1, 2, 3, 4].map((ticket) => (
        <Skeleton key={ticket} className="h-80" />
      ))}
    </div>
  );
}
