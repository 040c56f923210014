/** Sign-in with the provider of the settings: one button to it, what went wrong the last time, and the way back. */
import { CircleAlert, LogIn } from "lucide-react";
import { ButtonAnchor, ButtonLink } from "#app/components/ui/button.tsx";
import type { MessageKey, Translate } from "#app/lib/messages.ts";
import type { SignInProblem } from "#server/identity";

const PROBLEMS = {
  cancelled: "sign_in.problem.cancelled",
  expired: "sign_in.problem.expired",
  unreachable: "sign_in.problem.unreachable",
  unusable: "sign_in.problem.unusable",
  refused: "sign_in.problem.refused",
  unverified: "sign_in.problem.unverified",
  busy: "sign_in.problem.busy",
} as const satisfies Record<SignInProblem, MessageKey>;

/** `next` is a path of this site; the page has checked it. `problem` is whatever the address says. */
export function ProviderSignIn({ next, problem, t }: { next: string; problem: unknown; t: Translate }) {
  const known = isProblem(problem) ? PROBLEMS[problem] : null;
  return (
    <div className="grid gap-4">
      {known && (
        <p role="alert" className="flex gap-2 rounded-xl border border-accent bg-accent-soft p-4">
          <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-accent" />
          {t(known)}
        </p>
      )}
      <ButtonAnchor href={`/auth/sign-in?next=${encodeURIComponent(next)}`} weight="primary" size="large">
        <LogIn aria-hidden className="size-5" />
        {t(known ? "sign_in.provider_again" : "sign_in.provider_submit")}
      </ButtonAnchor>
      <ButtonLink href={next} weight="quiet">
        {t("sign_in.back")}
      </ButtonLink>
    </div>
  );
}

function isProblem(name: unknown): name is SignInProblem {
  return typeof name === "string" && Object.hasOwn(PROBLEMS, name);
}
