import type { Mistakes } from '../../errors/definition-error.js'
import { type Awaitable, andThen } from '../../helpers/awaitable.js'
import type { ContextVariable } from '../../helpers/context-variable.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { CompiledModel } from '../pipeline/compiled-model.js'
import type { Reply } from '../reply.js'
import type { Run } from '../step.js'
import type { CacheFact } from './cache-fact.js'
import { readCachedReply, tagged, writeCachedReply } from './cached-reply.js'
import { Complaints } from './complaints.js'
import { compileKey, type KeyOf } from './key-of.js'
import { compileTags, sourcesOf, type TagsOf } from './sources.js'
import { verifyCached } from './verify-cached.js'
import { type Reads, watchReads } from './watch-reads.js'

const largest = 1_048_576

/**
 * Finds the answer of an action in the cache, or lets `work` make it: from the loading of its row to the encoding of its
 * answer. Who calls was permitted before, each time. What is wrong with the declaration is added to `mistakes`.
 */
export function cacheAnswers(
  work: Run,
  action: ActionModel & { readonly cache: CacheFact },
  model: CompiledModel | undefined,
  host: PipelineHost,
  mistakes: Mistakes,
): Run {
  const { cache: fact } = action
  const { dataSource } = host
  const sources = sourcesOf(action, model, dataSource)
  if (!verifyCached(action, { model, sources, dataSource }, mistakes)) return work
  const complaints = new Complaints(action, host.logger)
  const variables = new Set([...sources.variables, ...(fact.variables ?? [])])
  const answers = new CachedAnswers(action, host, {
    complaints,
    variables,
    keyOf: compileKey(action, fact, { variables, serializer: model?.serializer, complaints }),
    tagsOf: compileTags(action, fact, sources, dataSource),
  })
  return (exchange) => answers.answer(exchange, work)
}

interface Compiled {
  readonly complaints: Complaints
  /** Those that stand in the key. */
  readonly variables: ReadonlySet<ContextVariable<unknown>>
  readonly keyOf: KeyOf
  readonly tagsOf: TagsOf
}

class CachedAnswers {
  readonly #action: ActionModel & { readonly cache: CacheFact }
  readonly #host: PipelineHost
  readonly #compiled: Compiled
  readonly #allowed: ReadonlySet<string>

  constructor(action: ActionModel & { readonly cache: CacheFact }, host: PipelineHost, compiled: Compiled) {
    this.#action = action
    this.#host = host
    this.#compiled = compiled
    this.#allowed = new Set((action.cache.headers ?? []).map((name) => name.toLowerCase()))
  }

  answer(exchange: Exchange, work: Run): Awaitable<void> {
    // What a rule must see of the row cannot be asked of an answer, and what an open unit sees is for it alone.
    const alone = exchange.rowTest !== undefined || this.#host.dataSource?.isInUnit === true
    const key = alone ? undefined : this.#compiled.keyOf(exchange)
    return andThen(key, (found) => (found === undefined ? work(exchange) : this.#answerBy(found, exchange, work)))
  }

  #answerBy(key: string, exchange: Exchange, work: Run): Awaitable<void> {
    const { timeout, stale } = this.#action.cache
    let text: string | undefined
    const fetched = this.#host.cache.fetch<Reply | undefined>(
      {
        key: `answer ${key}`,
        timeout,
        ...(stale !== undefined && { stale }),
        tags: this.#compiled.tagsOf(exchange.params),
      },
      {
        make: async () => {
          const reads = await watchReads(exchange, () => work(exchange))
          text = this.#textOf(exchange.reply, reads)
          return exchange.reply
        },
        write: () => text,
        read: readCachedReply,
      },
    )
    return andThen(fetched, ({ value, from, age }) => {
      if (!value || (from === 'made' && text === undefined)) return
      exchange.reply = this.#shared(value, from === 'made' ? {} : { age: String(age) })
    })
  }

  /** The answer as it is kept; undefined where it is for this caller alone. */
  #textOf(reply: Reply | undefined, reads: Reads): string | undefined {
    const reasons = this.#reasonsAgainst(reads)
    for (const reason of reasons) this.#compiled.complaints.add(reason)
    const { maxSize = largest } = this.#action.cache
    return reply && reasons.length === 0 ? writeCachedReply(tagged(reply), maxSize) : undefined
  }

  /** Why an answer for which all this was read is none for others. */
  #reasonsAgainst({ headers, members, variables, user }: Reads): readonly string[] {
    const unnamed = [...headers].filter((name) => !this.#allowed.has(name) && !conditional.test(name))
    const unknown = [...variables].filter((variable) => !this.#compiled.variables.has(variable))
    const personal = user && this.#action.cache.vary === 'public'
    return [
      ...[...members].map((name) => `it reads \`${name}\` of the request, which no key holds`),
      ...unnamed.map((name) => `it reads the header ${name}, which \`headers\` does not name`),
      ...unknown.map(({ name }) => `it reads the context variable "${name}", which \`variables\` does not name`),
      ...(personal ? ['it asks who makes the request, and is said to be public'] : []),
    ]
  }

  /** An answer with what clients may do with it. */
  #shared(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
    const { vary, timeout } = this.#action.cache
    const isPublic = vary === 'public'
    const names = [...(isPublic ? [] : ['Authorization', 'Cookie']), ...(this.#action.cache.headers ?? [])]
    const own = reply.headers['vary']
    return tagged(reply).withHeaders({
      'cache-control': isPublic ? `public, max-age=${Math.floor(timeout)}` : 'private, no-cache',
      ...(reply.headers['cache-control'] !== undefined && { 'cache-control': reply.headers['cache-control'] }),
      ...((names.length > 0 || own !== undefined) && { vary: [own, ...names].flat().filter(Boolean).join(', ') }),
      ...headers,
    })
  }
}

/** Conditions are met when an answer is sent, whoever made it. */
const conditional = /^if-(?:match|none-match|modified-since|unmodified-since|range)$/
