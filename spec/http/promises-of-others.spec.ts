import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import {
  anyone,
  either,
  type Logger,
  ModelViewSet,
  type Permission,
  RateLimiter,
  type RateLimitStore,
  Reply,
  rowRule,
  Serializer,
  signedIn,
} from 'plinth'
import { type Application, type CreateAppOptions, createApp } from 'plinth/container'
import { Action, RateLimit, Resource } from 'plinth/decorators'
import { Column, Entity, PrimaryColumn } from 'typeorm'

@Entity('promised_notes')
class Note {
  @PrimaryColumn({ type: 'int' }) id!: number
  @Column({ type: 'varchar' }) title!: string
}

/** What some libraries give: it does nothing until somebody waits for it, and is no `Promise`. */
const lazy = <T>(value: T): Promise<T> => {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is for
  const promise = { then: (resolve: (value: T) => unknown) => void setImmediate(resolve, value) }
  return promise as unknown as Promise<T>
}
const rejected = (): Promise<never> => {
  const promise = {
    // oxlint-disable-next-line unicorn/no-thenable -- that is what it is for
    then: (_: unknown, reject: (error: Error) => unknown) => void setImmediate(reject, new Error('refused')),
  }
  return promise as unknown as Promise<never>
}
/** A promise of another realm. */
const foreign = <T>(value: T): Promise<T> => runInNewContext('Promise.resolve(value)', { value }) as Promise<T>
const kinds = { lazy, foreign } as const
type Kind = keyof typeof kinds

const noteSerializer = class NoteSerializer extends Serializer(Note, { fields: ['id', 'title'] }) {}

const viewSetOf = (kind: Kind) => {
  const later = kinds[kind]
  const rule = (answer: boolean): Permission<unknown> => ({ name: `${kind} ${answer}`, allows: () => later(answer) })
  const aboutRow = rowRule<Note>(`${kind} row`, (_call, { id }) => later(id === 1))

  @Resource(`/${kind}`)
  class Notes extends ModelViewSet(Note, {
    serializer: noteSerializer,
    permissions: { '*': anyone, retrieve: aboutRow, destroy: either(rule(false), aboutRow) },
  }) {
    @Action({ method: 'get', on: 'collection', allow: rule(true) })
    allowed() {
      return later(Reply.json('allowed'))
    }

    @Action({ method: 'get', on: 'collection', allow: rule(false) })
    refused() {
      return Reply.json('never')
    }

    @RateLimit({ key: kind, limit: 1, period: 60 })
    @Action({ method: 'get', on: 'collection', allow: anyone })
    limited() {
      return Reply.json('in time')
    }
  }
  return Notes
}

@Resource('/mine')
class Mine extends ModelViewSet(Note, { serializer: noteSerializer, permissions: { '*': signedIn } }) {
  @Action({ method: 'get', on: 'collection', allow: anyone })
  who({ user }: { readonly user: { readonly id: string } | null }) {
    return Reply.json(user?.id ?? null)
  }
}

const ada = { id: 'ada', roles: [] }

describe('Promises of other makers', () => {
  let application: Application | undefined
  const logged: string[] = []
  const note = (_message: string, fields?: object): void => {
    const { error } = (fields ?? {}) as { readonly error?: unknown }
    if (error instanceof Error) logged.push(error.message)
  }
  const logger: Logger = { debug() {}, info() {}, warn() {}, error: note, child: () => logger }

  afterEach(async () => {
    await application?.close()
    application = undefined
    logged.length = 0
  })

  async function serving(options: Partial<CreateAppOptions>) {
    const dataSource = { type: 'sqlite', database: ':memory:', synchronize: true } as const
    const viewSets = [Mine, viewSetOf('lazy'), viewSetOf('foreign')]
    application = await createApp({ entities: [Note], viewSets, dataSource, logger, ...options })
    await application.dataSource.getRepository(Note).insert([
      { id: 1, title: 'one' },
      { id: 2, title: 'two' },
    ])
    const { url } = await application.listen(0, '127.0.0.1')
    return async (path: string, method = 'GET') => {
      const response = await fetch(url + path, { method })
      const text = await response.text()
      return response.ok && text !== '' ? (JSON.parse(text) as unknown) : response.status
    }
  }

  for (const kind of ['lazy', 'foreign'] as const) {
    const later = kinds[kind]

    it(`say who calls: ${kind}`, async () => {
      const known = await serving({ authenticate: () => later(ada) })
      expect([await known('/mine/who'), await known('/mine/1')]).to.deep.equal(['ada', { id: 1, title: 'one' }])
      await application!.close()
      const nobody = await serving({ authenticate: () => later(null) })
      expect([await nobody('/mine/who'), await nobody('/mine/1')]).to.deep.equal([null, 401])
    })

    it(`are waited for by permissions and of actions: ${kind}`, async () => {
      const get = await serving({})
      expect(await get(`/${kind}/allowed`)).to.equal('allowed')
      expect(await get(`/${kind}/refused`)).to.equal(401)
      expect(await get(`/${kind}/1`)).to.deep.equal({ id: 1, title: 'one' })
      expect(await get(`/${kind}/2`)).to.equal(401)
      expect([await get(`/${kind}/2`, 'DELETE'), await get(`/${kind}/1`, 'DELETE')]).to.deep.equal([401, 204])
    })

    it(`count uses: ${kind}`, async () => {
      let uses = 0
      const store: RateLimitStore = {
        consume: (_key, { limit }) =>
          later({
            allowed: (uses += 1) <= limit,
            remaining: Math.max(0, limit - uses),
            resetAfter: 1000,
            retryAfter: 1000,
          }),
        forget: async () => {},
      }
      const get = await serving({ rateLimiter: new RateLimiter({ store, logger }) })
      expect([await get(`/${kind}/limited`), await get(`/${kind}/limited`)]).to.deep.equal(['in time', 429])
    })

    it(`of middlewares that fail are answered: ${kind}`, async () => {
      const reject = { lazy: () => rejected(), foreign: () => runInNewContext('Promise.reject(new Error("refused"))') }
      const get = await serving({ middleware: [() => reject[kind]() as Promise<void>] })
      expect(await get('/mine/who')).to.equal(500)
    })
  }

  it('are no users, and neither is what has no id: nobody is let in by mistake', async () => {
    const answers: readonly unknown[] = [false, '', 0, {}, { id: '', roles: [] }, { id: 7, roles: [] }, { id: 'ada' }]
    for (const answer of answers) {
      const get = await serving({ authenticate: () => answer as never })
      expect([await get('/mine/1'), await get('/mine/who')], JSON.stringify(answer)).to.deep.equal([500, 500])
      expect(logged[0]).to.match(/`authenticate` answered something that is no user/)
      await application!.close()
    }
    const get = await serving({ authenticate: () => undefined as never })
    expect([await get('/mine/1'), await get('/mine/who')]).to.deep.equal([401, null])
  })
})
