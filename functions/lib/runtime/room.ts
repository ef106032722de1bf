import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";

/** How many bytes of bodies a process has in hand at once. */
export interface Room {
  /** Takes room for a body and gives what gives it back, or undefined when there is none. One body fits always. */
  take(bytes: number): (() => void) | undefined;
}

/** A room of so many bytes. */
export function openRoom(bytes: number): Room {
  let taken = 0;
  return {
    take: (wanted) => {
      if (taken > 0 && taken + wanted > bytes) return undefined;
      taken += wanted;
      let given = false;
      return () => {
        if (!given) taken -= wanted;
        given = true;
      };
    },
  };
}

const works = new WeakMap<IncomingMessage, Promise<unknown>>();

/** Keeps a request's room until this work on it has ended, too: its sender may be gone long before. */
export function inHand<T>(request: IncomingMessage, work: Promise<T>): Promise<T> {
  works.set(request, work);
  return work;
}

/**
 * Lets a body of at most `limitBytes` in while there is room for it, until it is answered and no more `inHand`; what there is no room for goes to
 * `refuse`, unread. A body that does not say how long it is, or is compressed, takes as much as the longest.
 */
export function admitBody(room: Room, limitBytes: number, refuse: RequestHandler): RequestHandler {
  return (request, response, next) => {
    const leave = room.take(Math.min(limitBytes, lengthOf(request) ?? limitBytes));
    if (!leave) return refuse(request, response, next);
    response.once("close", () => void Promise.allSettled([works.get(request)]).then(leave));
    next();
  };
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  if ((headers["content-encoding"] ?? "identity") !== "identity") return undefined;
  const length = Number(headers["content-length"] ?? Number.NaN);
  return Number.isFinite(length) ? length : undefined;
}
