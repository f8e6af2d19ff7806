import type { PageInfo } from '../helpers/calculate-pagination.js'

/**
 * The Link header of a page (RFC 8288): first, prev, next and last, as far as there are such pages. The other
 * parameters stay exactly as they were sent.
 */
export function pageLinks(
  path: string,
  queryString: string,
  { page, pageSize, totalPages, hasNext, hasPrevious }: PageInfo,
): string {
  const last = Math.max(totalPages, 1)
  const others = queryString
    .split('&')
    .filter((part) => part !== '' && !/^(page|pageSize)(=|$)/.test(part))
    .map(safe)
  const link = (number: number, relation: string): string =>
    `<${safe(path)}?${[...others, `page=${number}`, `pageSize=${pageSize}`].join('&')}>; rel="${relation}"`
  return [
    link(1, 'first'),
    ...(hasPrevious ? [link(Math.min(page - 1, last), 'prev')] : []),
    ...(hasNext ? [link(page + 1, 'next')] : []),
    link(last, 'last'),
  ].join(', ')
}

/** What would end the link, or the header, is encoded; a client may have sent it as it is. */
const safe = (part: string): string => part.replace(/[^\x21\x23-\x3b\x3d\x3f-\x7e]/g, encodeURIComponent)
