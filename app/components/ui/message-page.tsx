/** A page that has nothing but a sentence to say: empty, missing, failed. */
import type { ReactNode } from "react";

export function MessagePage(props: { title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-4 text-balance py-16 text-center">
      <h1 className="font-bold text-2xl">{props.title}</h1>
      {props.text && <p className="text-muted">{props.text}</p>}
      {props.children}
    </div>
  );
}
