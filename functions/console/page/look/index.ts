/** How the page looks: one style sheet. */
import base from "./base.css";
import card from "./card.css";
import header from "./header.css";
import timeline from "./timeline.css";

/** The style sheet of all pages. */
export const css: string = [base, header, card, timeline].join("\n");
