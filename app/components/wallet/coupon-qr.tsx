"use client";
/** The QR of a coupon's code. The library that draws it comes after the list, and no other page loads it. */
import { useEffect, useState } from "react";
import { useWords } from "#app/components/site/providers.tsx";

/** Scanners need a white frame of four modules around it, on dark pages too. */
const FRAME = 4;

type Drawing = { path: string; size: number };

export function CouponQr({ code }: { code: string }) {
  const { t } = useWords();
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    draw(code).then(
      (drawn) => wanted && setDrawing(drawn),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [code]);

  const side = (drawing?.size ?? 0) + 2 * FRAME;
  return (
    <div className="mx-auto grid aspect-square w-48 max-w-full place-items-center overflow-hidden rounded-xl bg-white">
      {drawing && (
        <svg
          role="img"
          aria-label={t("use.qr", { code })}
          viewBox={`${-FRAME} ${-FRAME} ${side} ${side}`}
          shapeRendering="crispEdges"
          className="size-full"
        >
          <path d={drawing.path} fill="#000" />
        </svg>
      )}
      {failed && (
        <p role="status" className="p-4 text-center text-black text-sm">
          {t("use.qr_failed")}
        </p>
      )}
    </div>
  );
}

/** Fetches what draws, ahead of time: at the till there may be no connection. */
export function prepareQr(): void {
  void library().catch(() => undefined);
}

function library() {
  return Promise.all([import("lean-qr"), import("lean-qr/extras/svg")]);
}

async function draw(code: string): Promise<Drawing> {
  const [{ generate }, { toSvgPath }] = await library();
  const bitmap = generate(code);
  return { path: toSvgPath(bitmap), size: bitmap.size };
}
