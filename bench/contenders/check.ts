import { isDeepStrictEqual } from 'node:util'
import type { Answered, Running } from './running.js'
import { type AskContext, lastingKey, type Scenario, type Sent, scenarios } from './scenarios.js'

/** Whoever answers requests for a contender. */
export type Answering = Pick<Running, 'contender' | 'send'>

type Json = Readonly<Record<string, unknown>>

/** The numbers of the requests that are made to compare answers; those that are measured begin behind them. */
export const checked = 2

/** The first cursor of a contender, where it has any. */
export async function contextOf(running: Answering): Promise<AskContext> {
  if (!running.contender.asks.cursor) return { cursor: '' }
  const { text } = await running.send({ method: 'GET', path: '/cursor?pageSize=20' })
  const { pagination } = JSON.parse(text) as { readonly pagination: { readonly nextCursor: string } }
  return { cursor: encodeURIComponent(pagination.nextCursor) }
}

/**
 * What a contender answers to each scenario, and what is left behind a deletion, so that it can be compared with others.
 * @throws {Error} for an answer that is no success.
 */
export async function answersOf(running: Running, context: AskContext): Promise<ReadonlyMap<Scenario, unknown>> {
  const answers = new Map<Scenario, unknown>()
  for (const scenario of scenarios) {
    const ask = running.contender.asks[scenario]
    if (!ask) continue
    for (let number = 0; number < checked; number += 1) {
      const sent = ask(number, context)
      const answered = await running.send(sent)
      if (answered.status >= 300) throw failed(running, scenario, answered)
      answers.set(scenario, await essence(scenario, sent, answered, running))
    }
  }
  return answers
}

/** @throws {Error} where a contender answers anything else than the first. */
export function requireEqual(
  expected: ReadonlyMap<Scenario, unknown>,
  actual: ReadonlyMap<Scenario, unknown>,
  name: string,
) {
  for (const [scenario, answer] of actual) {
    if (isDeepStrictEqual(answer, expected.get(scenario))) continue
    const texts = [expected.get(scenario), answer].map((value) => JSON.stringify(value).slice(0, 1000))
    throw new Error(`${name} answers "${scenario}" otherwise.\n${texts.join('\n')}`)
  }
}

async function essence(
  scenario: Scenario,
  { path, body }: Sent,
  { text }: Answered,
  running: Running,
): Promise<unknown> {
  if (scenario === 'delete') return statusesOf([path], running)
  if (scenario === 'bulk delete') {
    return statusesOf(
      (body as { readonly ids: readonly string[] }).ids.map((id) => `/articles/${id}`),
      running,
    )
  }
  const rows = rowsOf(JSON.parse(text) as Json)
  const isNew = scenario === 'create' || scenario === 'bulk create'
  return rows.map((row) =>
    shown(row, isNew ? ['id', 'createdAt', 'updatedAt'] : scenario === 'patch' ? ['updatedAt'] : []),
  )
}

/** The rows of an answer: plinth names those of bulk actions one by one. */
function rowsOf(answer: Json | readonly Json[]): readonly Json[] {
  if (Array.isArray(answer)) return answer as readonly Json[]
  const { data, results } = answer as { readonly data?: readonly Json[]; readonly results?: readonly { data: Json }[] }
  return data ?? results?.map((result) => result.data) ?? [answer as Json]
}

function shown(row: Json, without: readonly string[]): Json {
  const names = ['id', 'title', 'slug', 'body', 'words', 'categoryId', 'metadata', 'createdAt', 'updatedAt']
  return Object.fromEntries(names.filter((name) => !without.includes(name)).map((name) => [name, row[name]]))
}

async function statusesOf(paths: readonly string[], running: Running): Promise<readonly number[]> {
  const ask = async (path: string) => (await running.send({ method: 'GET', path })).status
  return Promise.all([...paths, `/articles/${lastingKey}`].map(ask))
}

const failed = ({ contender }: Running, scenario: Scenario, { status, text }: Answered): Error =>
  new Error(`${contender.name} answers "${scenario}" with ${status}: ${text.slice(0, 500)}`)
