"use client";
/** The last resort, when even the frame of the page failed: no words from message files, no styles to rely on. */

export default function GlobalError() {
  return (
    <html lang="ko">
      <body>
        <h1>페이지를 불러오지 못했어요</h1>
        <p lang="en">This page could not be loaded. Please try again in a moment.</p>
        <p>
          <a href="/">다시 시도 / Try again</a>
        </p>
      </body>
    </html>
  );
}
