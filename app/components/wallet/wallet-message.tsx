/** What stands in the place of the list when there is none. */
import type { ReactNode } from "react";

export function WalletMessage(props: { text: string; alert?: boolean; children: ReactNode }) {
  return (
    <div className="grid justify-items-center gap-4 rounded-2xl border border-line border-dashed px-6 py-14 text-center">
      <p role={props.alert ? "alert" : undefined} className="font-semibold">
        {props.text}
      </p>
      {props.children}
    </div>
  );
}
