import { expect } from 'chai'
import type { Constructor, createDataSource, ModelDataSource } from 'plinth'
import type { AnyClass } from '../../../src/metadata/fact-kind.js'
import type { Answer, Sent, Served } from '../support/served.js'

/** A request that is refused, and everything that its caller is told. `{book}` stands for a key that was stored. */
export interface Refusal extends Sent {
  readonly when: string
  /** Method and path. */
  readonly ask: string
  /** Requests that are made before, as `POST /orders`, with the body and the headers of this one. */
  readonly behind?: readonly string[]
  /** The problem document, but for its `requestId`. */
  readonly answer: Readonly<Record<string, unknown>>
  /** What it has beside the headers of every problem. */
  readonly telling?: Readonly<Record<string, string>>
}

/** Refusals of one application. */
export interface RefusalTable {
  readonly title: string
  readonly entities: readonly AnyClass[]
  readonly tables?: DataSourceTables
  readonly viewSets: readonly Constructor[]
  /** Stores what requests are about, and gives the keys by name. */
  readonly store: (dataSource: ModelDataSource) => Promise<Readonly<Record<string, string | number>>>
  readonly refusals: readonly Refusal[]
}

type DataSourceTables = NonNullable<Parameters<typeof createDataSource>[0]['tables']>

type Keys = Readonly<Record<string, string | number>>

/** Makes the request of a refusal, and compares all that is answered. */
export async function expectRefusal(served: Served, refusal: Refusal, keys: Keys): Promise<void> {
  const { answer, telling = {} } = refusal
  const told = await askFor(served, refusal, keys)
  const { requestId, ...document } = JSON.parse(withNames(told.text, keys)) as Record<string, unknown>
  expect(document).to.deep.equal(answer)
  expect(told.status).to.equal(answer['status'])
  expect(requestId).to.equal(told.headers.get('x-request-id'))
  expect(headersOf(told)).to.deep.equal({
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...telling,
  })
}

/** Makes the request of a refusal. */
export async function askFor(served: Served, refusal: Omit<Refusal, 'answer'>, keys: Keys): Promise<Answer> {
  const { ask, behind = [], when: _, ...given } = refusal
  const sent = JSON.parse(withKeys(JSON.stringify(given), keys)) as Sent
  for (const before of behind) await request(served, before, sent, keys)
  return request(served, ask, sent, keys)
}

function request(served: Served, ask: string, sent: Sent, keys: Keys): Promise<Answer> {
  const [method = '', path = ''] = withKeys(ask, keys).split(' ')
  return served.request(method, path, sent)
}

/** A name that is the whole of a text of JSON stands for the key as it is. */
function withKeys(text: string, keys: Keys): string {
  const whole = text.replace(/"\{(\w+)\}"/g, (name, key: string) => (key in keys ? JSON.stringify(keys[key]) : name))
  return whole.replace(/\{(\w+)\}/g, (name, key: string) => (key in keys ? String(keys[key]) : name))
}

/** The inverse, of keys that are told. Small numbers are no keys that could be recognised. */
function withNames(text: string, keys: Keys): string {
  const known = Object.entries(keys).filter(([, key]) => typeof key === 'string')
  return known.reduce((told, [name, key]) => told.replaceAll(String(key), `{${name}}`), text)
}

/** What a connection and a date need is no part of an answer. */
const incidental = new Set(['date', 'connection', 'keep-alive', 'content-length', 'x-request-id', 'x-powered-by'])

function headersOf({ headers }: Answer): Readonly<Record<string, string>> {
  return Object.fromEntries([...headers].filter(([name]) => !incidental.has(name)))
}
