import { asDeclared, type Naming } from '../helpers/naming.js'

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
  const beginning = `<${safe(path)}?${othersOf(queryString, outside)}`
  let links = ''
  for (const { relation, parameters } of targets) {
    let query = ''
    for (const name in parameters) query += `${query === '' ? '' : '&'}${outside(name)}=${parameters[name]}`
    links += `${links === '' ? '' : ', '}${beginning}${query}>; rel="${relation}"`
  }
  return links
}

/** The parameters that are not about pages, each with an ampersand behind it. */
function othersOf(queryString: string, outside: Naming['outside']): string {
  let others = ''
  for (const part of queryString === '' ? [] : queryString.split('&')) {
    const equals = part.indexOf('=')
    const name = equals < 0 ? part : part.slice(0, equals)
    if (part !== '' && !own.some((one) => outside(one) === name)) others += `${safe(part)}&`
  }
  return others
}

const unsafe = /[^\x21\x23-\x3b\x3d\x3f-\x7e]/g

/** What would end the link, or the header, is encoded; a client may have sent it as it is. */
const safe = (part: string): string => part.replace(unsafe, encodeURIComponent)
