import { asDeclared } from '../helpers/naming.js'

/** Where a link leads: a relation of RFC 8288, and the parameters that decide which page it is. */
export interface PageTarget {
  readonly relation: 'first' | 'prev' | 'next' | 'last'
  readonly parameters: Readonly<Record<string, string | number>>
}

const own = ['page', 'pageSize', 'cursor']

/** The Link header of a page (RFC 8288). The other parameters stay exactly as they were sent. */
export function pageLinks(
  path: string,
  queryString: string,
  targets: readonly PageTarget[],
  { outside } = asDeclared,
): string {
  const ownNames = own.map(outside)
  const others = queryString
    .split('&')
    .filter((part) => part !== '' && !ownNames.includes(part.split('=', 1)[0]!))
    .map(safe)
  return targets
    .map(({ relation, parameters }) => {
      const beside = Object.entries(parameters).map(([name, value]) => `${outside(name)}=${value}`)
      return `<${safe(path)}?${[...others, ...beside].join('&')}>; rel="${relation}"`
    })
    .join(', ')
}

/** What would end the link, or the header, is encoded; a client may have sent it as it is. */
const safe = (part: string): string => part.replace(/[^\x21\x23-\x3b\x3d\x3f-\x7e]/g, encodeURIComponent)
