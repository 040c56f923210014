/** A browser as far as sign-in needs one: it keeps cookies for each host and follows redirects when it is told to. */

export type Answer = {
  status: number;
  requestId: string;
  location: URL | null;
  setCookie: string[];
  body: string;
};

export type Visitor = {
  /** by name; only those of the product */
  cookies: Map<string, string>;
  /** One request to an absolute address. */
  get(address: string | URL, method?: string): Promise<Answer>;
  post(address: string | URL, form: Record<string, string>): Promise<Answer>;
  /** The answer's `result.data` of session.me, for the product at this address. */
  me(base: string): Promise<{ userId: string; displayName: string; role: string } | null>;
};

/** @param product the product's address, whose cookies can be looked at and changed */
export function visitor(product: string): Visitor {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };

  async function ask(address: string | URL, init: RequestInit): Promise<Answer> {
    const url = new URL(address);
    const jar = jarOf(url.origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      headers: { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) },
    });
    const setCookie = response.headers.getSetCookie();
    for (const line of setCookie) {
      const [pair = ""] = line.split(";", 1);
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(name.length + 1);
      if (value === "" || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    return {
      status: response.status,
      requestId: response.headers.get("x-request-id") ?? "",
      location: location === null ? null : new URL(location, url),
      setCookie,
      body: await response.text(),
    };
  }

  const get = (address: string | URL, method = "GET") => ask(address, { method });
  return {
    cookies: jarOf(new URL(product).origin),
    get,
    post: (address, form) => ask(address, { method: "POST", body: new URLSearchParams(form) }),
    async me(base) {
      const { body } = await get(`${base}/api/trpc/session.me`);
      return (JSON.parse(body) as { result: { data: never } }).result.data;
    },
  };
}
