/** A name and a value; without a value, text that stands where both should. */
export type Pair = readonly [name: string, value?: string]

/** The parts of a request that can be right or wrong by themselves. */
export interface Parts {
  /** In upper case. */
  readonly method: string
  readonly path: Readonly<Record<string, string>>
  readonly query: readonly Pair[]
  readonly headers: readonly Pair[]
  readonly body: { readonly type: string; readonly text: string } | undefined
}

/** A parameter as pairs: one for each of several values. */
export function pairsOf(name: string, value: string | readonly string[]): readonly Pair[] {
  return typeof value === 'string' ? [[name, value]] : value.map((one) => [name, one] as const)
}

/** The address of a request: a path whose parameters are filled in, and a query. */
export function addressed(template: string, { path, query }: Pick<Parts, 'path' | 'query'>): string {
  const address = template.replace(/\{([^}]+)\}/g, (_, name: string) => encoded(path[name] ?? ''))
  const pairs = query.map(([name, value]) => (value === undefined ? raw(name) : `${encoded(name)}=${encoded(value)}`))
  return pairs.length === 0 ? address : `${address}?${pairs.join('&')}`
}

/** Halves of surrogate pairs have no UTF-8; they become replacement characters. */
const wellFormed = (text: string): string => Buffer.from(text).toString('utf8')

const encoded = (text: string): string => encodeURIComponent(wellFormed(text))

/** Text as it is, but for what cannot stand in a line of HTTP. */
const raw = (text: string): string => wellFormed(text).replace(/[^\x21-\x7e]/gu, encodeURIComponent)
