/** The outline of what is about to appear, so that nothing jumps when it does. */
import { clsx } from "clsx";

export function Skeleton({ className }: { className: string }) {
  return <div className={clsx("animate-pulse rounded-2xl bg-raised", className)} />;
}

export function SkeletonList({ label }: { label: string }) {
  return (
    <div role="status" className="grid gap-4">
      <span className="sr-only">{label}</span>
      <Skeleton className="h-36" />
      <Skeleton className="h-36" />
      <Skeleton className="h-36" />
    </div>
  );
}
