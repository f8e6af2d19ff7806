import { expect } from 'chai'
import { IsIn, IsInt, IsOptional, Max } from 'class-validator'
import {
  type AbstractConstructor,
  type ActionModel,
  actionsOf,
  anyone,
  Cache,
  type Call,
  ConflictError,
  type Constructor,
  type EntityIn,
  Mistakes,
  type ModelDataSource,
  ModelViewSet,
  NotFoundError,
  type Permission,
  type PlacedStep,
  RateLimiter,
  Reply,
  type Requires,
  type RowCall,
  type RuleFor,
  ServiceResult,
  type StepName,
  signedIn,
  silentLogger,
  ViewSet,
  type ViewSetClass,
  type ViewSetOf,
} from 'plinth'
import { Container } from 'plinth/container'
import { Action, Resource } from 'plinth/decorators'
import { asDeclared } from '../../src/helpers/naming.js'
import type { Exchange } from '../../src/http/exchange.js'
import type { PipelineHost } from '../../src/http/host.js'
import { defaultLimits } from '../../src/http/limits.js'
import { composePipeline } from '../../src/http/pipeline/compose-pipeline.js'
import { defaultProblemStyle } from '../../src/http/problem/problem.js'
import { type Database, describeOnEngines } from '../support/engines.js'
import { admin, Country, CountrySerializer, createAtlas } from './support/atlas.js'
import { errorsIn, type Served, serve } from './support/served.js'

const log: string[] = []
const serializer = CountrySerializer
const places: readonly StepName[] = [
  'identify',
  'authenticate',
  'permit',
  'negotiate',
  'precondition',
  'input',
  'atomic',
  'load',
  'permitRow',
  'act',
  'verify',
  'encode',
]

const around = (...names: readonly StepName[]) => names.flatMap((name) => [`before ${name}`, `after ${name}`])

/** Writes down when it runs, wherever the action has its place. */
const recorder = (place: StepName, side: 'before' | 'after'): PlacedStep => {
  const lacking: Partial<Record<StepName, (action: ActionModel) => boolean>> = {
    negotiate: ({ input, body }) => !input && !body,
    atomic: ({ writes }) => !writes,
    load: ({ on }) => on !== 'row',
    permitRow: ({ on }) => on !== 'row',
    verify: ({ writes }) => !writes,
  }
  const step = {
    name: `${side} ${place}`,
    for: (action: ActionModel) => (lacking[place]?.(action) ? undefined : () => void log.push(`${side} ${place}`)),
  }
  return side === 'before' ? { step, before: place } : { step, after: place }
}

const asked: string[] = []

@Resource('/recorded')
class Recorded extends ModelViewSet(Country, { serializer, permissions: { '*': anyone } }) {
  static override readonly steps: readonly PlacedStep[] = [
    ...places.flatMap((place) => [recorder(place, 'before'), recorder(place, 'after')]),
    { step: { name: 'asked', for: ({ name }) => void asked.push(name) }, after: 'act' },
  ]
}

class Answers {
  @IsInt() @Max(5) stars!: number
  @IsOptional() @IsIn(['good', 'bad']) word?: string
}
class Looks {
  @IsIn(['short', 'long']) form = 'short'
}

class CountryService {
  async create(values: object): Promise<ServiceResult<Country>> {
    return ServiceResult.success(Object.assign(new Country(), values, { id: 7 }))
  }
  async update(row: Country): Promise<ServiceResult<Country>> {
    return row.name === 'Chile' ? ServiceResult.failure('Not Chile.', 'NOT_CHILE') : ServiceResult.success(row)
  }
  delete(): ServiceResult<undefined> {
    return ServiceResult.from(new ConflictError('It is needed.'))
  }
}

/** What a third party writes: an action, a step and an option, by the same means. */
function AuditMixin<B extends ViewSetClass>(
  Base: B & Requires<B, { name: string }, 'AuditMixin needs an entity with a `name`'>,
  { allow }: { readonly allow: RuleFor<B> },
): B & AbstractConstructor<{ audit(call: RowCall<EntityIn<B>>): Reply }> {
  abstract class AuditedViewSet extends (Base as unknown as ViewSetOf<{ name: string }>) {
    static override readonly steps: readonly PlacedStep[] = [
      {
        step: {
          name: 'audit',
          for: ({ writes, name }) => (writes ? ({ user }) => void log.push(`${user?.id} ${name}`) : undefined),
        },
        after: 'act',
      },
    ]
    @Action({ method: 'get', on: 'row', allow: allow as Permission<object> })
    audit({ row }: RowCall<{ name: string }>) {
      return Reply.json({ audited: row.name })
    }
  }
  return AuditedViewSet as unknown as B & AbstractConstructor<{ audit(call: RowCall<EntityIn<B>>): Reply }>
}

@Resource('/audited')
class Audited extends AuditMixin(ModelViewSet(Country, { serializer, permissions: { '*': anyone } }), {
  allow: signedIn,
}) {}

@Resource('/served')
class Serviced extends ModelViewSet(Country, {
  serializer,
  service: CountryService,
  permissions: { '*': anyone },
  problems: { NOT_CHILE: 400 },
}) {}

@Resource('/early')
class Early extends ModelViewSet(Country, { serializer, permissions: { '*': anyone } }) {
  static override readonly steps: readonly PlacedStep[] = [
    {
      step: {
        name: 'answer',
        for: ({ name }) =>
          name === 'list' ? (exchange) => void (exchange.reply = Reply.json({ early: true })) : undefined,
        describe: () => ({ answers: [{ status: 200, description: 'Early.', schema: { required: ['early'] } }] }),
      },
      after: 'permit',
    },
    {
      step: {
        name: 'refuse',
        for: ({ name }) => (name === 'create' ? (exchange) => void (exchange.reply = Reply.empty(410)) : undefined),
        describe: () => ({ furtherAnswers: [{ status: 410, description: 'Refused.' }] }),
      },
      after: 'act',
    },
    {
      step: {
        name: 'late',
        for:
          () =>
          ({ reply }) =>
            void log.push(`late ${reply?.status}`),
      },
      after: 'encode',
    },
  ]
}

@Resource('/outcomes')
class Outcomes extends ModelViewSet(Country, { serializer, permissions: { '*': anyone } }) {
  @Action({ method: 'get', on: 'row', allow: anyone }) row({ row }: RowCall<Country>) {
    return row
  }
  @Action({ method: 'get', on: 'row', allow: anyone }) lazily(call: RowCall<Country>) {
    return this.select(call).where({ name: call.row.name })
  }
  @Action({ method: 'get', on: 'row', allow: anyone }) nobody(call: RowCall<Country>) {
    return this.select(call).where({ name: 'Nowhere' })
  }
  @Action({ method: 'get', on: 'collection', allow: anyone }) some(call: Call) {
    return this.select(call).where({ code: 'CL' })
  }
  @Action({ method: 'get', on: 'collection', paginated: true, allow: anyone }) pages(call: Call) {
    return this.select(call)
  }
  @Action({ method: 'get', on: 'row', allow: anyone }) many({ row }: RowCall<Country>) {
    return [row, row]
  }
  @Action({ method: 'get', on: 'row', allow: anyone }) async success({ row }: RowCall<Country>) {
    return ServiceResult.success(row)
  }
  @Action({ method: 'post', on: 'collection', allow: anyone }) nothing() {
    return ServiceResult.success()
  }
  @Action({ method: 'post', on: 'collection', allow: anyone, status: 202 }) async accepted(): Promise<void> {}
  @Action({ method: 'post', on: 'collection', allow: anyone, problems: { SOME_CODE: 400 } }) failure() {
    return ServiceResult.failure('It failed.', 'SOME_CODE')
  }
  @Action({ method: 'post', on: 'collection', allow: anyone }) known() {
    return ServiceResult.from(new NotFoundError('There is none.'))
  }
  @Action({ method: 'get', on: 'collection', allow: anyone }) reply() {
    return Reply.json([1], 203, { 'x-kind': 'list' })
  }
  @Action({ method: 'post', on: 'collection', allow: anyone }) throwing(): Reply {
    throw new ConflictError('Not now.')
  }
  @Action({ method: 'post', on: 'collection', allow: anyone }) broken(): Reply {
    throw new Error('hunter2')
  }
  @Action({ method: 'post', on: 'collection', body: Answers, allow: anyone }) body({ body }: Call<Answers>) {
    return Reply.json({ stars: body.stars, word: body.word ?? null, made: body instanceof Answers })
  }
  @Action({ method: 'get', on: 'collection', query: Looks, allow: anyone }) query({ query }: Call<undefined, Looks>) {
    return Reply.json({ form: query.form, made: query instanceof Looks })
  }

  /** Writes, then ends in some way. */
  @Action({ method: 'post', on: 'collection', path: 'write/:end', allow: anyone, problems: { NO: 400 } })
  async write({ params }: Call) {
    await this.repository.save(this.repository.create({ name: 'Peru', code: 'PE' }))
    if (params['end'] === 'throw') throw new ConflictError('Not now.')
    if (params['end'] === 'crash') throw new Error('hunter2')
    return params['end'] === 'fail' ? ServiceResult.failure('No.', 'NO') : ServiceResult.success()
  }
}

describeOnEngines('A pipeline', (engine) => {
  let database: Database
  let dataSource: ModelDataSource
  let served: Served
  let id: number

  before(async () => {
    ;({ database, dataSource } = await createAtlas(engine))
    asked.length = 0
    served = await serve({ viewSets: [Recorded, Audited, Serviced, Early, Outcomes], dataSource })
  })

  after(async () => {
    await served?.close()
    await dataSource?.destroy()
    await database?.drop()
  })

  const request: Served['request'] = (method, path, sent) => served.request(method, path, sent)
  const countries = () => dataSource.getRepository(Country)
  const codes = async (method: string, path: string, body?: unknown) => {
    const answer = await request(method, path, body === undefined ? {} : { body })
    expect(answer.status).to.equal(400)
    return errorsIn(answer)
  }
  const chile = () => ({ id, name: 'Chile', code: 'CL', population: 19 })

  beforeEach(async () => {
    log.length = 0
    await countries().createQueryBuilder().delete().execute()
    ;({ id } = await countries().save(countries().create({ name: 'Chile', code: 'CL', population: 19 })))
  })

  describe('has steps', () => {
    it('in one order, whatever the action', async () => {
      await request('PATCH', `/recorded/${id}`, { body: { name: 'Peru' } })
      const front = around('identify', 'authenticate', 'permit')
      const inner = around('load', 'permitRow', 'act', 'verify')
      expect(log).to.deep.equal([
        ...front,
        ...around('negotiate', 'precondition', 'input'),
        'before atomic',
        ...inner,
        'after atomic',
        ...around('encode'),
      ])
      log.length = 0
      await request('GET', '/recorded')
      expect(log).to.deep.equal([...front, ...around('precondition', 'input', 'act', 'encode')])
      log.length = 0
      await request('GET', `/recorded/${id}`)
      expect(log).to.deep.equal([...front, ...around('precondition', 'input', 'load', 'permitRow', 'act', 'encode')])
    })

    it('that are asked what they do once an action', async () => {
      await request('GET', '/recorded')
      expect(asked.toSorted()).to.deep.equal(['create', 'destroy', 'list', 'partialUpdate', 'retrieve', 'update'])
    })

    it('of which one that answers is the last', async () => {
      expect((await request('GET', '/early')).body).to.deep.equal({ early: true })
      expect(log).to.deep.equal([])
    })

    it('of which those behind the end run all the same', async () => {
      expect((await request('GET', `/early/${id}`)).status).to.equal(200)
      expect(log).to.deep.equal(['late 200'])
    })

    it('that undo what was written where they refuse it', async () => {
      expect((await request('POST', '/early', { body: { name: 'Peru', code: 'PE' } })).status).to.equal(410)
      expect(await countries().count()).to.equal(1)
    })

    it('of third parties, beside their actions', async () => {
      expect((await request('GET', `/audited/${id}/audit`)).status).to.equal(401)
      expect((await request('GET', `/audited/${id}/audit`, { as: 'ada' })).body).to.deep.equal({ audited: 'Chile' })
      await request('PATCH', `/audited/${id}`, { as: 'ada', body: { name: 'Peru' } })
      expect(log).to.deep.equal(['ada partialUpdate'])
    })
  })

  describe('writes in one unit of work', () => {
    for (const [end, status, rows] of [
      ['well', 204, 2],
      ['fail', 400, 1],
      ['throw', 409, 1],
      ['crash', 500, 1],
    ] as const) {
      it(`that ends with ${status} and ${rows === 2 ? 'stays' : 'is undone'}`, async () => {
        const { error } = console
        if (status === 500) console.error = () => {}
        const answer = await request('POST', `/outcomes/write/${end}`)
        console.error = error
        expect(answer.status).to.equal(status)
        expect(answer.text).to.not.include('hunter2')
        expect(await countries().count()).to.equal(rows)
      })
    }
  })

  describe('answers', () => {
    it('rows, in every form an action may return them', async () => {
      for (const name of ['row', 'lazily', 'success']) {
        const { status, body } = await request('GET', `/outcomes/${id}/${name}`)
        expect([status, body], name).to.deep.equal([200, chile()])
      }
      for (const path of [`${id}/many`, 'some']) {
        const { status, body } = await request('GET', `/outcomes/${path}`)
        expect([status, body], path).to.deep.equal([200, { data: path === 'some' ? [chile()] : [chile(), chile()] }])
      }
      expect((await request('GET', `/outcomes/${id}/nobody`)).status).to.equal(404)
    })

    it('selections page by page where the action says so', async () => {
      const { body } = await request('GET', '/outcomes/pages?pageSize=1')
      expect(body.data).to.deep.equal([chile()])
      expect(body.pagination).to.include({ page: 1, pageSize: 1, totalItems: 1 })
      expect((await request('GET', '/outcomes/some?page=1')).status).to.equal(400)
    })

    it('nothing, failures and replies', async () => {
      expect(await request('POST', '/outcomes/nothing')).to.include({ status: 204, text: '' })
      expect(await request('POST', '/outcomes/accepted')).to.include({ status: 202, text: '' })
      const failure = await request('POST', '/outcomes/failure')
      expect(failure.status).to.equal(400)
      expect(failure.body).to.include({ code: 'SOME_CODE', detail: 'It failed.' })
      expect((await request('POST', '/outcomes/known')).status).to.equal(404)
      const reply = await request('GET', '/outcomes/reply')
      expect([reply.status, reply.body, reply.headers.get('x-kind')]).to.deep.equal([203, [1], 'list'])
      expect((await request('POST', '/outcomes/throwing')).status).to.equal(409)
    })

    it('with what a service says', async () => {
      expect((await request('POST', '/served', { body: { name: 'Peru', code: 'PE' } })).body).to.include({ id: 7 })
      const refused = await request('PATCH', `/served/${id}`, { body: { code: 'XX' } })
      expect([refused.status, refused.body.code]).to.deep.equal([400, 'NOT_CHILE'])
      expect((await request('DELETE', `/served/${id}`)).status).to.equal(409)
    })
  })

  describe('reads input', () => {
    it('by classes with rules', async () => {
      expect((await request('POST', '/outcomes/body', { body: { stars: 5 } })).body).to.deep.equal({
        stars: 5,
        word: null,
        made: true,
      })
      expect((await request('GET', '/outcomes/query')).body).to.deep.equal({ form: 'short', made: true })
      expect((await request('GET', '/outcomes/query?form=long')).body).to.deep.equal({ form: 'long', made: true })
    })

    it('and refuses what they do not know', async () => {
      expect(await codes('POST', '/outcomes/body', { stars: '5', word: 'ugly', more: 1 })).to.have.members([
        '#/more unknown_field',
        '#/stars isInt',
        '#/stars max',
        '#/word isIn',
      ])
      expect(await codes('POST', '/outcomes/body', [])).to.deep.equal(['# type'])
      expect(await codes('POST', '/outcomes/body')).to.deep.equal(['# required'])
      expect(await codes('GET', '/outcomes/query?form=odd')).to.deep.equal(['form isIn'])
      expect(await codes('GET', '/outcomes/query?from=long')).to.deep.equal(['from unknown_parameter'])
    })
  })
})

@Resource('/plain')
class Plain extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  read() {
    return Reply.json({ up: true })
  }
  @Action({ method: 'get', on: 'collection', allow: admin })
  closed() {
    return Reply.json({ up: true })
  }
}
const host = (parts: Partial<PipelineHost> = {}): PipelineHost => ({
  instances: new Container({}),
  limits: defaultLimits,
  logger: silentLogger,
  naming: asDeclared,
  problemStyle: defaultProblemStyle,
  cache: new Cache({ logger: silentLogger }),
  rateLimiter: new RateLimiter({ logger: silentLogger }),
  ...parts,
})

const actionNamed = (viewSet: Constructor, wanted: string): ActionModel =>
  actionsOf(viewSet, new Mistakes()).find(({ name }) => name === wanted)!
const exchange = () =>
  ({
    queryString: '',
    params: {},
    request: { headers: {} },
    user: null,
    header: () => undefined,
  }) as unknown as Exchange

describe('A pipeline', () => {
  it('makes no promise where no step makes one', () => {
    const { pipeline } = composePipeline(actionNamed(Plain, 'read'), host({ authenticate: () => null }), new Mistakes())
    const answered = exchange()
    expect(pipeline(answered)).to.equal(undefined)
    expect(answered.reply?.body).to.equal('{"up":true}')
  })

  it('refuses without a promise too', () => {
    const { pipeline } = composePipeline(actionNamed(Plain, 'closed'), host(), new Mistakes())
    expect(() => pipeline(exchange())).to.throw('Sign in to do this.')
  })

  it('refuses a step at a place that its action does not have', () => {
    class Misplaced extends Plain {
      static override readonly steps: readonly PlacedStep[] = [
        { step: { name: 'lock', for: () => () => {} }, before: 'atomic' },
        { step: { name: 'idle', for: () => undefined }, before: 'load' },
        { step: { name: 'fine', for: () => () => {} }, before: 'precondition' },
      ]
    }
    Resource('/x')(Misplaced)
    const mistakes = new Mistakes()
    composePipeline(actionNamed(Misplaced, 'read'), host(), mistakes)
    expect(mistakes.found.map(({ code, subject, problem }) => ({ code, subject, problem }))).to.deep.equal([
      {
        code: 'E_STEP',
        subject: 'Misplaced.read',
        problem: 'the step "lock" stands at "atomic", which this action does not have.',
      },
    ])
    expect(mistakes.found[0]?.remedy).to.include('identify, authenticate, permit, precondition, input, act, encode')
  })

  it('refuses classes of bodies and queries that would let nothing in', () => {
    class Empty {}
    class Nothing {}
    @Resource('/x')
    class Careless extends ViewSet {
      @Action({ method: 'post', on: 'collection', body: Empty, query: Nothing, allow: anyone })
      post() {
        return Reply.empty()
      }
    }
    const mistakes = new Mistakes()
    composePipeline(actionNamed(Careless, 'post'), host(), mistakes)
    expect(mistakes.found.map(({ code, subject }) => `${code} ${subject}`)).to.deep.equal([
      'E_BODY Careless.post',
      'E_BODY Careless.post',
    ])
  })

  it('gives a viewset its data only while a request is answered', () => {
    const viewSet = new Audited()
    expect(() => viewSet.select({} as Call)).to.throw('only while a request is being answered')
  })
})
