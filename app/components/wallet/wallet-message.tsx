/** What stands in the place of the list when there is none. */
import type { ReactNode } from "react";

export function WalletMessage(props: { text: string; more?: string; alert?: boolean; children: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-4 rounded-2xl border border-line border-dashed px-6 text-balance py-14 text-center">
      <div role={props.alert ? "alert" : undefined} className="grid gap-1">
        <p className="font-semibold">{props.text}</p>
        {props.more && <p className="text-muted">{props.more}</p>}
      </div>
      {props.children}
    </div>
  );
}
