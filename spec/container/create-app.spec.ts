import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect } from 'chai'
import {
  anyone,
  BaseService,
  type Call,
  contextLogger,
  createDataSource,
  DefinitionError,
  Mistakes,
  ModelDataSource,
  on,
  Reply,
  silentLogger,
  ViewSet,
} from 'plinth'
import { type Application, clockKey, createApp, type Disposable, loggerKey, token } from 'plinth/container'
import { Action, Resource, SoftDelete } from 'plinth/decorators'
import { inject, injectable, singleton } from 'tsyringe'
import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm'

@Entity()
class Visit {
  @PrimaryGeneratedColumn() id!: number
  @Column({ unique: true }) path!: string
}

const greeting = token<string>('greeting')

@singleton()
class Tally {
  count = 0
}

class VisitService extends BaseService {
  async record(path: string): Promise<number> {
    const visits = this.dataSource.getRepository(Visit)
    await visits.insert({ path })
    return visits.count()
  }
}

@injectable()
class Trace implements Disposable {
  static readonly ended: string[] = []
  path = ''
  dispose(): void {
    Trace.ended.push(this.path)
  }
}

/** Lets a test hold a request. */
class Gate extends EventEmitter {
  readonly entered = once(this, 'enter')
  readonly left = once(this, 'leave')
}

@Resource('/visits')
@injectable()
class VisitViewSet extends ViewSet {
  constructor(
    private readonly visits: VisitService,
    private readonly tally: Tally,
    private readonly trace: Trace,
    private readonly gate: Gate,
    @inject(greeting) private readonly greeting: string,
  ) {
    super()
  }

  @Action({ method: 'post', on: 'collection', path: '', allow: anyone })
  async visit({ path }: Call): Promise<Reply> {
    this.trace.path = path
    this.tally.count += 1
    const visits = await this.visits.record(`${path}#${this.tally.count}`)
    return Reply.json({ greeting: this.greeting, visits, tally: this.tally.count })
  }

  @Action({ method: 'get', on: 'collection', path: 'held', allow: anyone })
  async held(): Promise<Reply> {
    this.gate.emit('enter')
    await this.gate.left
    return Reply.json({ done: true })
  }
}

const memory = { type: 'sqlite', database: ':memory:', synchronize: true } as const

const opened: Application[] = []

async function make(hello: string, gate = new Gate(), drainLimit = 5000): Promise<Application> {
  const application = await createApp({
    entities: [Visit],
    viewSets: [VisitViewSet],
    services: [VisitService],
    providers: [
      { provide: greeting, useValue: hello },
      { provide: Trace, useClass: Trace, lifetime: 'request' },
      { provide: Gate, useValue: gate },
    ],
    dataSource: memory,
    logger: silentLogger,
    drainLimit,
  })
  opened.push(application)
  return application
}

const closeAll = (): Promise<unknown> => Promise.all(opened.splice(0).map((application) => application.close()))

const post = (url: string): Promise<unknown> =>
  fetch(`${url}/visits`, { method: 'POST' }).then((response) => response.json())

describe('createApp', () => {
  afterEach(closeAll)

  it('makes applications that answer, and share nothing but classes', async () => {
    const applications = await Promise.all([make('hello'), make('salut')])
    const [first, second] = await Promise.all(applications.map((application) => application.listen(0, '127.0.0.1')))
    expect(await post(first!.url)).to.deep.equal({ greeting: 'hello', visits: 1, tally: 1 })
    expect(await post(first!.url)).to.deep.equal({ greeting: 'hello', visits: 2, tally: 2 })
    expect(await post(second!.url)).to.deep.equal({ greeting: 'salut', visits: 1, tally: 1 })
    expect(Trace.ended.filter((path) => path === '/visits')).to.have.length(3)
    expect(applications.map((application) => application.resolve(Tally).count)).to.deep.equal([2, 1])
  })

  it('gives what everything may ask for: the data source, the registry, the logger and the clock', async () => {
    const application = await make('hello')
    const { dataSource, registry } = application
    expect(application.resolve(ModelDataSource)).to.equal(dataSource)
    expect(registry.has(Visit)).to.equal(true)
    const logger = application.resolve(loggerKey)
    expect(contextLogger(logger), 'adds what is known of the request').to.equal(logger)
    expect(application.resolve(clockKey)).to.equal(dataSource.clock)
    expect(await application.resolve(VisitService).record('/by-hand')).to.equal(1)
    expect(application.routes.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'POST /visits',
      'GET /visits/held',
    ])
  })

  it('answers what the database refuses with the exception it stands for', async () => {
    const application = await make('hello')
    const { url } = await application.listen(0, '127.0.0.1')
    await application.resolve(VisitService).record('/visits#1')
    const answer = await fetch(`${url}/visits`, { method: 'POST' })
    expect(answer.status).to.equal(409)
    expect(await answer.json()).to.deep.include({
      code: 'DUPLICATE',
      errors: [{ pointer: '#/path', code: 'unique', message: 'is already in use' }],
    })
  })

  it('can be a part of another server', async () => {
    const application = await make('mounted')
    const server = createServer(application.handler).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    expect(await post(`http://127.0.0.1:${port}`)).to.include({ greeting: 'mounted' })
    server.close()
    server.closeAllConnections()
  })

  it('reports what is wrong with entities, viewsets, services and the container at once, before it connects', async () => {
    @SoftDelete()
    @SoftDelete()
    class Twice {
      deletedAt!: Date | null
      deletionId!: string | null
      isDeleted!: boolean
    }
    class Unaddressed extends ViewSet {}
    @singleton()
    class Greedy {
      constructor(readonly trace: Trace) {}
    }
    class AboutVisits extends BaseService {
      static readonly entity = Visit
    }
    const failure = await createApp({
      entities: [Twice],
      viewSets: [Unaddressed],
      services: [Greedy, AboutVisits],
      providers: [{ provide: Trace, useClass: Trace, lifetime: 'request' }],
      dataSource: { type: 'postgres', host: '127.0.0.1', port: 1 },
    }).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(DefinitionError)
    const found = (failure as DefinitionError).mistakes.map(({ code, subject }) => `${code} ${subject}`)
    expect(found).to.include.members([
      'E_TRAIT_TWICE Twice',
      'E_CAPTIVE_DEPENDENCY Greedy',
      'E_UNKNOWN_ENTITY AboutVisits',
    ])
    expect(found.filter((text) => text.endsWith('Unaddressed'))).to.have.length(1)
  })

  it('says where a port is taken', async () => {
    const [one, two] = await Promise.all([make('one'), make('two')])
    const { port, url, host } = await one.listen(0, '127.0.0.1')
    expect(url).to.equal(`http://${host}:${port}`)
    expect(await two.listen(port, '127.0.0.1').catch((error: unknown) => error)).to.have.property('code', 'EADDRINUSE')
    expect(await post((await two.listen(0, '127.0.0.1')).url)).to.include({ greeting: 'two' })
  })
})

describe('Closing an application', () => {
  afterEach(closeAll)

  it('answers what has arrived on an open connection when it is closed', async () => {
    const application = await make('hello')
    const { port } = await application.listen(0, '127.0.0.1')
    const socket = connect(port, '127.0.0.1')
    const answers: string[] = []
    socket.on('data', (bytes) => answers.push(String(bytes)))
    const ended = once(socket, 'close')
    const ask = () => socket.write('POST /visits HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n')
    ask()
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    ask()
    await application.close()
    await ended
    expect(answers.join('')).to.match(/"visits":1[^]*"visits":2/)
  })

  it('answers what it has accepted, closes those connections, and accepts nothing more', async () => {
    const gate = new Gate()
    const application = await make('hello', gate)
    const { url } = await application.listen(0, '127.0.0.1')
    await post(url)
    const held = fetch(`${url}/visits/held`)
    await gate.entered
    const [closed, again] = [application.close(), application.close()]
    expect(again).to.equal(closed)
    expect(application.dataSource.isInitialized).to.equal(true)
    gate.emit('leave')
    const answer = await held
    expect([answer.status, answer.headers.get('connection'), await answer.json()]).to.deep.equal([
      200,
      'close',
      { done: true },
    ])
    await closed
    expect(application.dataSource.isInitialized).to.equal(false)
    // The client has yet to hear that the connection it kept is closed.
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await post(url).catch((error: Error) => (error.cause as { code: string }).code)).to.equal('ECONNREFUSED')
    expect(await application.listen(0).catch((error: Error) => error.message)).to.contain('The application is closed')
  })

  it('cuts what takes longer than it waits', async () => {
    const gate = new Gate()
    const application = await make('hello', gate, 1)
    const { url } = await application.listen(0, '127.0.0.1')
    const held = fetch(`${url}/visits/held`).catch((error: Error) => error.message)
    await gate.entered
    await application.close()
    expect(await held).to.equal('fetch failed')
    expect(application.dataSource.isInitialized).to.equal(false)
    gate.emit('leave')
  })

  it('ends what it has let hear of the writes of a data source that is not its own', async () => {
    const dataSource = await createDataSource({ ...memory, entities: [Visit] }).initialize()
    await dataSource.synchronize()
    const heard: unknown[] = []
    const listeners = [on(Visit, { afterInsert: ({ ids }) => void heard.push(ids) })]
    const applications = await Promise.all([1, 2].map(() => createApp({ dataSource, listeners, logger: silentLogger })))
    const visits = dataSource.getRepository(Visit)
    await visits.insert({ path: '/a' })
    expect(heard).to.have.length(2)
    await applications[0]?.close()
    await visits.insert({ path: '/b' })
    expect(heard).to.have.length(3)
    await applications[1]?.close()
    await visits.insert({ path: '/c' })
    expect(heard).to.have.length(3)
    const misspelt = [on(Visit, { ['afterInsrt' as 'afterInsert']: () => {} })]
    const error = await createApp({ dataSource, listeners: misspelt, logger: silentLogger }).then(
      () => undefined,
      (thrown: unknown) => thrown as DefinitionError,
    )
    expect(error?.message).to.include('E_LISTENER')
    // What it was given is forgotten, so that the data source itself is right.
    const mistakes = new Mistakes()
    dataSource.verify(mistakes)
    expect(mistakes.found).to.deep.equal([])
    await dataSource.destroy()
  })

  it('leaves a data source to whoever connected it', async () => {
    const dataSource = await createDataSource({ ...memory, entities: [Visit] }).initialize()
    const application = await createApp({ dataSource, logger: silentLogger })
    await application.close()
    expect(dataSource.isInitialized).to.equal(true)
    await dataSource.destroy()
  })
})
