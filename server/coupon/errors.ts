/** What a use case throws when it was asked for something that does not exist. Everything expected is returned. */

export class UnknownEventError extends Error {
  override name = "UnknownEventError";
  constructor(eventId: number) {
    super(`there is no coupon event ${eventId}`);
  }
}

export class UnknownCouponError extends Error {
  override name = "UnknownCouponError";
  constructor(couponId: number) {
    super(`the caller has no coupon ${couponId}`);
  }
}

/** A store cannot be asked just now, or has not answered: whether something was written is unknown. Later it may. */
export class UnreachableError extends Error {
  override name = "UnreachableError";
}

/** As many listen to live numbers as one process can serve. Others ask again now and then. */
export class TooManyListenersError extends Error {
  override name = "TooManyListenersError";
}

/** Seats and rows cannot be compared just now: somebody has to speak for the gate, and the log has to be read. */
export class CannotCompareError extends Error {
  override name = "CannotCompareError";
}
