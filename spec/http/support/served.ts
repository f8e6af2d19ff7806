import {
  type Cache,
  type Constructor,
  type FileStorage,
  type Logger,
  type ModelDataSource,
  type NameStyle,
  type ProblemStatuses,
  silentLogger,
  type User,
} from 'plinth'
import { Container } from 'plinth/container'
import type { Exchange } from '../../../src/http/exchange.js'
import { asAppException } from '../../../src/orm/errors/as-app-exception.js'
import { type Service, type Serving, servings } from '../../support/http.js'

/** The parts of JSON answers that specs look at. */
export interface AnswerBody {
  readonly [member: string]: unknown
  readonly id: string | number
  readonly data: readonly { readonly id: string; readonly name: string }[]
  readonly pagination: Readonly<Record<string, unknown>>
  readonly errors: readonly { readonly pointer?: string; readonly parameter?: string; readonly code: string }[]
}

/** The answer to a request. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; an empty object where it is none. */
  readonly body: AnswerBody
}

export interface Sent {
  readonly body?: unknown
  /** Instead of `body`: what is sent as it is. */
  readonly raw?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Who sends it: `ada` or `ada:admin,editor`. */
  readonly as?: string
}

/** An application that is served on a port of its own. */
export interface Served {
  request(method: string, path: string, sent?: Sent): Promise<Answer>
  close(): Promise<void>
  /** How often somebody was asked who makes a request. */
  readonly authentications: number
}

export interface ServedOptions {
  readonly viewSets: readonly Constructor[]
  readonly dataSource: ModelDataSource
  readonly serving?: Serving
  readonly cache?: Cache
  readonly files?: FileStorage
  readonly names?: NameStyle
  readonly logger?: Logger
  /** Problems that every action may answer. */
  readonly problems?: ProblemStatuses
}

/** Serves viewsets over a data source. */
export async function serve({
  viewSets,
  dataSource,
  cache,
  files,
  names,
  problems,
  logger,
  serving = servings[0]!,
}: ServedOptions): Promise<Served> {
  let authentications = 0
  const service = await serving.serve({
    viewSets,
    dataSource,
    ...(cache && { cache }),
    ...(files && { files }),
    ...(names && { names }),
    ...(logger && { logger }),
    ...(problems && { openapi: { title: 'Specs', version: '1.0.0', problems } }),
    instances: new Container({ context: { dataSource, logger: silentLogger } }),
    translate: (error) => asAppException(error, dataSource),
    authenticate: async (exchange) => {
      authentications++
      return userOf(exchange)
    },
  })
  return {
    request: (method, path, sent = {}) => request(service, method, path, sent),
    close: () => service.close(),
    get authentications() {
      return authentications
    },
  }
}

function userOf(exchange: Exchange): User | null {
  const [, id, roles = ''] = /^Bearer ([^:]+)(?::(.*))?$/.exec(exchange.header('authorization') ?? '') ?? []
  return id === undefined ? null : { id, roles: roles.split(',').filter(Boolean) }
}

async function request(service: Service, method: string, path: string, sent: Sent): Promise<Answer> {
  const { body, raw, headers = {}, as } = sent
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const answer = await service.ask(method, path, {
    ...(text !== undefined && { body: text }),
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(as !== undefined && { authorization: `Bearer ${as}` }),
      ...headers,
    },
  })
  const { status, headers: received, text: read } = answer
  const isJson = read !== '' && (received.get('content-type') ?? '').includes('json')
  return { status, headers: received, text: read, body: (isJson ? answer.json : {}) as AnswerBody }
}

/** The errors of an answer, as `#/name required`. */
export function errorsIn({ body }: Answer): readonly string[] {
  return (body.errors ?? []).map(({ pointer, parameter, code }) => `${pointer ?? parameter} ${code}`)
}
