"use client";
/** Who are you? In the demo, whoever you say. */
import { clsx } from "clsx";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "#app/components/ui/button.tsx";
import type { Role } from "#app/lib/api.ts";
import type { MessageKey } from "#app/lib/messages.ts";
import { failureKind } from "#app/lib/trpc.ts";
import { useSignIn } from "#app/lib/use-me.ts";
import { useWords } from "./providers.tsx";

/** The same rule as the server's, for words before the question is asked. */
const USER_ID = /^[A-Za-z0-9._@-]{1,64}$/;
const ROLES = {
  shopper: "sign_in.role_shopper",
  operator: "sign_in.role_operator",
} as const satisfies Record<Role, MessageKey>;

/** `next` is a path of this site; the page has checked it. */
export function SignInForm({ next }: { next: string }) {
  const { t } = useWords();
  const router = useRouter();
  const signIn = useSignIn();
  const [userId, setUserId] = useState("");
  const [role, setRole] = useState<Role>("shopper");
  const [problem, setProblem] = useState<MessageKey | null>(null);
  const working = signIn.isPending || signIn.isSuccess;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (working) return;
    if (!USER_ID.test(userId)) return setProblem("sign_in.user_id_wrong");
    setProblem(null);
    signIn.mutate(
      { userId, role },
      {
        onSuccess: () => router.replace(next),
        onError: (error) =>
          setProblem(failureKind(error) === "refused" ? "sign_in.user_id_wrong" : "sign_in.failed"),
      },
    );
  }

  return (
    <form onSubmit={submit} noValidate className="grid grid-cols-1 gap-5">
      <div className="grid grid-cols-1 gap-1.5">
        <label htmlFor="user-id" className="font-semibold">
          {t("sign_in.user_id")}
        </label>
        <input
          id="user-id"
          name="userId"
          value={userId}
          onChange={(event) => setUserId(event.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          aria-invalid={problem !== null}
          aria-describedby="user-id-note"
          className="min-h-12 rounded-xl border border-line bg-surface px-4 aria-invalid:border-accent"
        />
        <p
          id="user-id-note"
          aria-live="assertive"
          className={clsx("text-sm", problem ? "text-accent" : "text-muted")}
        >
          {t(problem ?? "sign_in.user_id_hint")}
        </p>
      </div>
      <RoleChoice role={role} onChoose={setRole} />
      <Button type="submit" weight="primary" size="large" aria-disabled={working}>
        {t(working ? "sign_in.working" : "sign_in.submit")}
      </Button>
    </form>
  );
}

function RoleChoice(props: { role: Role; onChoose: (role: Role) => void }) {
  const { t } = useWords();
  return (
    <fieldset>
      <legend className="mb-1.5 font-semibold">{t("sign_in.role")}</legend>
      <div className="grid grid-cols-2 gap-2">
        {(Object.keys(ROLES) as Role[]).map((role) => (
          <label
            key={role}
            className="flex min-h-12 items-center gap-3 rounded-xl border border-line bg-surface px-4 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="role"
              value={role}
              checked={props.role === role}
              onChange={() => props.onChoose(role)}
              className="size-4 accent-accent"
            />
            {t(ROLES[role])}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
