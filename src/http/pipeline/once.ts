import type { AppException } from '../../errors/app-exception.js'
import type { Mistakes } from '../../errors/definition-error.js'
import { type Failure, isFailure } from '../../errors/failure.js'
import { UnprocessableError } from '../../errors/request-exceptions.js'
import { whenAsked } from '../../helpers/when-asked.js'
import type { ModelDataSource } from '../../orm/data-source.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'
import { defaultLifetime, fingerprintOf, idempotencyOf, keptKey } from '../idempotency/idempotency.js'
import { idempotencyHeader, readIdempotencyKey } from '../idempotency/idempotency-key.js'
import { idempotencyKeys } from '../idempotency/idempotency-keys.js'
import { isKept, keptProblem, keptReply, replyAgain } from '../idempotency/kept-answer.js'
import { inUse, KeyStore } from '../idempotency/key-store.js'
import { asException } from '../problem/as-exception.js'
import { exceptionOf, withStatus } from '../problem/failure-exception.js'
import type { Reply } from '../reply.js'
import type { Run } from '../step.js'
import type { CompiledModel } from './compiled-model.js'
import { runEach, runSteps } from './run-steps.js'

const undone: Failure = Object.freeze({ success: false, error: 'The answer is not kept.', errorCode: 'REFUSED' })
const hour = 3_600_000

/** The keys that requests of this process have reserved. */
const reserved = new WeakMap<ModelDataSource, Set<string>>()

/** Reads the key of a request, before its body is. */
export function readKey(action: ActionModel): Run | undefined {
  const mode = idempotencyOf(action)
  if (mode === 'off') return undefined
  return (exchange) => {
    const key = readIdempotencyKey(exchange.header(idempotencyHeader), mode)
    if (key !== undefined) exchange.idempotencyKey = key
  }
}

/** What runs once for each key. */
interface Work {
  readonly action: ActionModel
  readonly model: CompiledModel | undefined
  /** In the unit of work. */
  readonly steps: readonly Run[]
  /** Makes the reply. */
  readonly closing: readonly Run[]
  /** The work of a request without a key. */
  readonly plain: Run
}

/**
 * Runs an action once for each key. The key is reserved, the work done and the answer kept in one unit of work, so that
 * whatever ends it, a process that dies included, either all of that is there or nothing.
 */
export function once(work: Work, host: PipelineHost): Run {
  const { action, plain } = work
  if (idempotencyOf(action) === 'off') return plain
  const runner = whenAsked(() => new Once(work, host))
  return (exchange) => (exchange.idempotencyKey === undefined ? plain(exchange) : runner().run(exchange))
}

class Once {
  readonly #work: Work
  readonly #host: PipelineHost
  readonly #dataSource: ModelDataSource
  readonly #reserved: Set<string>
  #purged = Date.now()

  constructor(work: Work, host: PipelineHost) {
    this.#work = work
    this.#host = host
    this.#dataSource = dataSourceOf(host)
    this.#reserved = reserved.get(this.#dataSource) ?? new Set()
    reserved.set(this.#dataSource, this.#reserved)
  }

  async run(exchange: Exchange): Promise<void> {
    const key = keptKey(exchange, exchange.idempotencyKey!, this.#work.model, this.#host.idempotency)
    if (this.#reserved.has(key)) throw inUse()
    this.#reserved.add(key)
    try {
      const refusal = await this.#runInUnit(exchange, key)
      if (refusal) throw refusal
    } finally {
      this.#reserved.delete(key)
      this.#purgeNowAndThen()
    }
  }

  /** @returns a refusal that is kept: the caller hears of it when that is committed. */
  async #runInUnit(exchange: Exchange, key: string): Promise<AppException | undefined> {
    const store = new KeyStore(this.#dataSource)
    const { path, queryString, bodyBytes } = exchange
    const fingerprint = fingerprintOf({ path, queryString, contentType: typeOfBody(exchange), bodyBytes })
    const { lifetime = defaultLifetime } = this.#host.idempotency ?? {}
    let refusal: AppException | undefined
    await this.#dataSource.atomic(async () => {
      // The unit may run again.
      refusal = undefined
      delete exchange.reply
      const earlier = await store.reserve(key, fingerprint, lifetime)
      if (earlier) {
        if (earlier.fingerprint !== fingerprint) throw reused()
        exchange.reply = replyAgain(earlier.answer)
        return undefined
      }
      refusal = await this.#attempt(exchange)
      const { reply } = exchange as { readonly reply?: Reply }
      if (!refusal && !(reply && isKept(reply.status))) return undone
      await store.complete(key, refusal ? keptProblem(refusal) : keptReply(reply!))
      return undefined
    })
    return refusal
  }

  /** Does the work in a savepoint, which a refusal undoes. @returns a refusal that is to be kept. */
  async #attempt(exchange: Exchange): Promise<AppException | undefined> {
    const { steps, closing } = this.#work
    try {
      await this.#dataSource.atomic(async () => {
        await runSteps(steps, exchange)
        if (isFailure(exchange.outcome)) throw exceptionOf(exchange.outcome)
        if (!exchange.reply) await runEach(closing, exchange)
        return (exchange.reply?.status ?? 0) >= 400 ? undone : undefined
      })
      return undefined
    } catch (error) {
      const stated = withStatus(error, { action: this.#work.action, host: this.#host })
      const exception = asException(stated, this.#host.translate)
      if (isKept(exception.statusCode)) return exception
      throw error
    }
  }

  #purgeNowAndThen(): void {
    if (Date.now() - this.#purged < hour) return
    this.#purged = Date.now()
    new KeyStore(this.#dataSource).purge().catch((error: unknown) => {
      this.#host.logger.error('Expired idempotency keys could not be removed.', { error })
    })
  }
}

/** The boundary of a form is another each time. */
function typeOfBody(exchange: Exchange): string | undefined {
  return exchange.action.upload ? 'multipart/form-data' : exchange.header('content-type')
}

/** The key came with another request before. */
function reused(): UnprocessableError {
  return new UnprocessableError('This key came with another request before; take a new one.', {
    errorCode: 'IDEMPOTENCY_KEY_REUSED',
    errors: [{ header: idempotencyHeader, code: 'reused', message: 'belongs to another request' }],
  })
}

/** Adds an action that takes keys which could not be kept. */
export function verifyOnce(action: ActionModel, { dataSource }: PipelineHost, mistakes: Mistakes): void {
  if (idempotencyOf(action) === 'off') return
  const problem = !action.writes
    ? 'it is idempotent by itself.'
    : !dataSource
      ? 'it takes an Idempotency-Key, but the application has no data source.'
      : dataSource.tables.includes(idempotencyKeys)
        ? undefined
        : 'it takes an Idempotency-Key, but its data source has no table for keys.'
  if (!problem) return
  mistakes.add({
    code: 'E_IDEMPOTENCY',
    subject: `${action.viewSet.name}.${action.name}`,
    problem,
    places: [action.place],
    remedy: action.writes
      ? 'Give the data source the table: { tables: [idempotencyKeys] }.'
      : 'Leave `idempotency` out of actions that only read.',
  })
}
