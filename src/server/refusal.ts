/** One field that is not as it has to be, in FastAPI's words. */
export interface Issue {
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

export type RefusalStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422;

/** A request that is answered with an error of the client's making. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: RefusalStatus;
  readonly issues: readonly Issue[];

  constructor(status: RefusalStatus, message: string, issues: readonly Issue[] = []) {
    super(message);
    this.status = status;
    this.issues = issues;
  }
}

/** 422, naming the fields. */
export function invalid(issues: readonly Issue[]): Refusal {
  const message = issues.map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`).join('; ');
  return new Refusal(422, message, issues);
}

export function notFound(what: string, id: string): Refusal {
  return new Refusal(404, `${what} ${id} not found`);
}

/** A part of LangSmith that is not built here: said, never passed over. */
export function unsupported(what: string): Refusal {
  return new Refusal(400, `LangSmith at home does not support ${what}`);
}
