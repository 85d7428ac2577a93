import { isUuid } from '../uuid.js';

/** What a page of LangSmith, or of home, is about. */
export interface Link {
  readonly datasetId?: string;
  /** In the order of the page; none on the page of a dataset itself. */
  readonly experimentIds: readonly string[];
}

/** Reads the URL of a dataset, a comparison or a project; undefined if it is none of these. The host is not looked at. */
export function parseLink(url: string): Link | undefined {
  if (!URL.canParse(url)) return undefined;
  const { pathname, searchParams } = new URL(url);
  const segments = pathname.split('/');

  const datasetId = idAfter(segments, 'datasets');
  if (datasetId !== undefined) {
    const selected = searchParams.getAll('selectedSessions').join(',').split(',');
    return { datasetId, experimentIds: selected.map((id) => id.trim()).filter(isUuid) };
  }
  const projectId = segments.at(segments.indexOf('projects') + 1) === 'p' && idAfter(segments, 'p');
  return projectId ? { experimentIds: [projectId] } : undefined;
}

function idAfter(segments: readonly string[], name: string): string | undefined {
  const at = segments.indexOf(name);
  const next = at === -1 ? undefined : segments[at + 1];
  return next !== undefined && isUuid(next) ? next : undefined;
}
