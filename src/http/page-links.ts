/** Where a link leads: a relation of RFC 8288, and the parameters that decide which page it is. */
export interface PageTarget {
  readonly relation: 'first' | 'prev' | 'next' | 'last'
  readonly parameters: Readonly<Record<string, string | number>>
}

const ownParameter = /^(page|pageSize|cursor)(=|$)/

/** The Link header of a page (RFC 8288). The other parameters stay exactly as they were sent. */
export function pageLinks(path: string, queryString: string, targets: readonly PageTarget[]): string {
  const others = queryString
    .split('&')
    .filter((part) => part !== '' && !ownParameter.test(part))
    .map(safe)
  return targets
    .map(({ relation, parameters }) => {
      const own = Object.entries(parameters).map(([name, value]) => `${name}=${value}`)
      return `<${safe(path)}?${[...others, ...own].join('&')}>; rel="${relation}"`
    })
    .join(', ')
}

/** What would end the link, or the header, is encoded; a client may have sent it as it is. */
const safe = (part: string): string => part.replace(/[^\x21\x23-\x3b\x3d\x3f-\x7e]/g, encodeURIComponent)
