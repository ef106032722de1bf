import { randomUUID } from "node:crypto";
import { callerOf, HttpError, run } from "../../lib/index.ts";

run({
  name: "api",
  version: "1.0.0",
  start({ peer }) {
    const auth = peer("auth");
    const user = peer("user");
    return {
      routes: [
        {
          method: "post",
          path: "/login",
          async handle({ body: { subject } = {} }) {
            const { status, body } = await auth.call({ method: "POST", path: "/tokens", body: { subject } });
            if (status === 400) throw new HttpError(400, "subject must be a text");
            if (status !== 201) throw new HttpError(502, `auth answered ${status}`);
            return { status, body };
          },
        },
        {
          method: "get",
          path: "/profile/:id",
          async handle(request) {
            const viewer = await callerOf(request, auth);
            const { status, body } = await user.call({
              path: `/users/${encodeURIComponent(String(request.params.id))}`,
              headers: {
                authorization: request.get("authorization") ?? "",
                "x-request-id": request.get("x-request-id") ?? randomUUID(),
              },
            });
            if (status === 404) throw new HttpError(404, "no such profile");
            if (status !== 200) throw new HttpError(502, `user answered ${status}`);
            return { body: { profile: body, viewer } };
          },
        },
      ],
    };
  },
});
