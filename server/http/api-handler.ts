/** `/api/trpc/*`: lanes of our own for what crowds send and listen to, tRPC's own handler for everything else. */
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import type { Api } from "#server/trpc/context";
import { answerJson } from "./answers.ts";
import type { ApiRequest } from "./api-call.ts";
import { fastLane } from "./fast-lane.ts";
import { liveStream } from "./live-stream.ts";
import { officialLane } from "./official-lane.ts";

const METHODS = "GET, POST";

/** In tRPC's wire format, so that clients need one way to read errors. */
const wrongMethod = {
  error: {
    message: "Use GET or POST.",
    code: TRPC_ERROR_CODES_BY_KEY.METHOD_NOT_SUPPORTED,
    data: { code: "METHOD_NOT_SUPPORTED", httpStatus: 405 },
  },
};

/** @returns a handler that answers every request below `API_PREFIX` */
export function apiHandler(api: Api): (request: ApiRequest) => void {
  const takenByFastLane = fastLane(api);
  const takenByLiveStream = liveStream(api);
  const official = officialLane(api);
  return (request) => {
    if (takenByFastLane(request)) return;
    const { req, res } = request;
    res.setHeader("Cache-Control", "no-store");
    if (req.method !== "GET" && req.method !== "POST") {
      res.setHeader("Allow", METHODS);
      return answerJson(res, 405, wrongMethod);
    }
    // A streamed answer sends its headers before the procedures run: then none could set a cookie or a status.
    delete req.headers["trpc-accept"];
    void (takenByLiveStream(request) ?? official(request));
  };
}
