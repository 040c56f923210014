"use client";
/** The visitor's coupons in one state or all, page by page, and the use of one. */
import { useState } from "react";
import { useAnswers } from "#app/components/site/providers.tsx";
import type { WalletPage } from "./api.ts";
import { api, failureKind } from "./trpc.ts";
import { personalKey, useMe, useSessionCheck } from "./use-me.ts";
import { useMutation, useQuery } from "./use-query.ts";
import { type WalletFilter, walletFilters } from "./wallet-filter.ts";
import { readFromFront, readOn, withCoupon } from "./wallet-pages.ts";

/** While a coupon is being issued, the list looks again by itself. */
const ISSUING_POLL_MS = 1_500;

export function useWallet(filter: WalletFilter) {
  const me = useMe();
  const answers = useAnswers();
  const key = personalKey(me, "wallet", filter);
  const ask = (page: { cursor: string | null; limit: number }) =>
    api.coupon.mine.query(filter === "all" ? page : { ...page, state: filter }, me?.userId);
  const list = useQuery<WalletPage>({
    key,
    ask: () => readFromFront(ask, answers.peek<WalletPage>(key).data),
    enabled: Boolean(me),
    everyMs: ({ data }) => ((data?.counts?.issuing ?? 0) > 0 ? ISSUING_POLL_MS : null),
  });
  const more = useMutation((shown: WalletPage) => readOn(ask, shown), {
    onSuccess: (longer) => answers.put(key, longer),
  });
  useSessionCheck(list.error ?? more.error);
  return { me, list, more };
}

/** The figures of whichever list was read last: they do not depend on the filter. Null before the first. */
export function useCounts(): WalletPage["counts"] | null {
  const me = useMe();
  const answers = useAnswers();
  const lists = walletFilters.map((filter) => answers.peek<WalletPage>(personalKey(me, "wallet", filter)));
  const [newest] = lists.toSorted((a, b) => b.arrivedAt - a.arrivedAt);
  return newest?.data?.counts ?? null;
}

/**
 * @param owner the user id of the coupon's owner, also when somebody else signs in meanwhile
 * @returns a mutation whose answer, also "already used", is what every list shows from then on; `mayBeUsed` says that
 *   an answer was lost, so that nobody knows before the next one
 */
export function useCouponUse(owner: string) {
  const answers = useAnswers();
  const [mayBeUsed, setMayBeUsed] = useState(false);
  const keyOf = (filter: WalletFilter) => personalKey({ userId: owner }, "wallet", filter);
  const use = useMutation((couponId: number) => api.coupon.use.mutate({ couponId }, owner), {
    onError: (error) => {
      if (!["offline", "broken"].includes(failureKind(error))) return;
      setMayBeUsed(true);
      for (const filter of walletFilters) answers.ask(keyOf(filter));
    },
    onSuccess: ({ coupon }) => {
      for (const filter of walletFilters) {
        const { data } = answers.peek<WalletPage>(keyOf(filter));
        if (data) answers.put(keyOf(filter), withCoupon(data, coupon));
      }
    },
  });
  useSessionCheck(use.error);
  return { ...use, mayBeUsed };
}
