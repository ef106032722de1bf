import { callerOf, HttpError, run } from "../../lib/index.ts";
import { findUser } from "../directory.ts";

run({
  name: "user",
  version: "1.0.0",
  start({ peer }) {
    const auth = peer("auth");
    return {
      routes: [
        {
          method: "get",
          path: "/users/:id",
          async handle(request) {
            await callerOf(request, auth);
            const user = findUser(String(request.params.id));
            if (!user) throw new HttpError(404, "no such user");
            return { body: user };
          },
        },
      ],
    };
  },
});
