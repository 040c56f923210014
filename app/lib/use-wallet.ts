"use client";
/** The visitor's coupons page by page, and the use of one. */
import { type InfiniteData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useApi } from "#app/components/site/providers.tsx";
import type { CouponView } from "./api.ts";
import { personalKey, useMe } from "./use-me.ts";

type Page = { items: CouponView[]; nextCursor: string | null };

/** While a coupon is being issued, the list looks again by itself. */
const ISSUING_POLL_MS = 1_500;

export function useWallet() {
  const me = useMe();
  const api = useApi();
  const query = useInfiniteQuery({
    queryKey: personalKey(me, "wallet"),
    queryFn: ({ pageParam }): Promise<Page> => api.coupon.mine.query({ cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    enabled: Boolean(me),
    refetchInterval: ({ state }) => (hasIssuing(state.data) ? ISSUING_POLL_MS : false),
  });
  return { me, query, coupons: uniqueCoupons(query.data) };
}

/** @returns a mutation whose answer, also "already used", is what the list shows from then on */
export function useCouponUse() {
  const me = useMe();
  const api = useApi();
  const queryClient = useQueryClient();
  const key = personalKey(me, "wallet");
  return useMutation({
    mutationFn: (couponId: number) => api.coupon.use.mutate({ couponId }),
    onSuccess: async ({ coupon }) => {
      await queryClient.cancelQueries({ queryKey: key });
      queryClient.setQueryData<InfiniteData<Page>>(key, (wallet) => wallet && withCoupon(wallet, coupon));
    },
  });
}

function hasIssuing(wallet: InfiniteData<Page> | undefined): boolean {
  return wallet?.pages.some((page) => page.items.some((coupon) => coupon.state === "issuing")) ?? false;
}

/** A coupon that is issued between two pages moves the list by one; nobody should see it twice. */
function uniqueCoupons(wallet: InfiniteData<Page> | undefined): CouponView[] {
  const byEvent = new Map<number, CouponView>();
  for (const page of wallet?.pages ?? [])
    for (const coupon of page.items) if (!byEvent.has(coupon.eventId)) byEvent.set(coupon.eventId, coupon);
  return [...byEvent.values()];
}

function withCoupon(wallet: InfiniteData<Page>, changed: CouponView): InfiniteData<Page> {
  const pages = wallet.pages.map((page) => ({
    ...page,
    items: page.items.map((coupon) => (coupon.id === changed.id ? changed : coupon)),
  }));
  return { ...wallet, pages };
}
