interface Text {
  type: string;
  text: string;
}

interface Block {
  type: string;
  text?: Text;
  elements?: Text[];
}

/** What Slack would not take about blocks (docs.slack.dev, reference/block-kit/blocks), or undefined when all is well. */
export function blocksProblem(blocks: Block[], attachments: { blocks?: Block[] }[]): string | undefined {
  const groups = [blocks, ...attachments.map((attachment) => attachment.blocks ?? [])];
  for (const group of groups) {
    if (group.length > 50) return "more than 50 blocks";
    for (const block of group) {
      const problem = problemOf(block);
      if (problem) return problem;
    }
  }
  return undefined;
}

function problemOf({ type, text, elements }: Block): string | undefined {
  switch (type) {
    case "header":
      if (text?.type !== "plain_text") return "a header is plain_text";
      return lengthProblem(text, 150);
    case "section":
      return text ? lengthProblem(text, 3000) : "a section without text";
    case "context":
      if (!elements || elements.length < 1 || elements.length > 10) return "a context has 1 to 10 elements";
      return elements.map((element) => lengthProblem(element, 3000)).find(Boolean);
    default:
      return `a block of type ${type} is not served here`;
  }
}

function lengthProblem(text: Text, most: number): string | undefined {
  return text.text.length >= 1 && text.text.length <= most ? undefined : `a text of ${text.text.length} characters`;
}
