import { expect } from 'chai'
import { IsString } from 'class-validator'
import { anyone, type Call, DefinitionError, NodeDriver, Reply, rowRule, signedIn, ViewSet } from 'plinth'
import { Container } from 'plinth/container'
import { Action, Allow, Resource } from 'plinth/decorators'
import {
  All,
  Authorized,
  Body,
  Get,
  getMetadataArgsStorage,
  JsonController,
  OnNull,
  Param,
  Post,
  QueryParam,
  QueryParams,
  Render,
  UploadedFile,
} from 'routing-controllers'
import { applicationOf, type Served, type Service, servings } from '../support/http.js'

const ok = (): Reply => Reply.json('ok')

function mistakesOf(options: Served): readonly string[] {
  try {
    applicationOf(options)
  } catch (error) {
    if (error instanceof DefinitionError) {
      return error.mistakes.map(({ code, subject, problem }) => `${code} ${subject}: ${problem}`)
    }
    throw error
  }
  return []
}

function storageSizes(): Readonly<Record<string, number>> {
  const storage = getMetadataArgsStorage() as unknown as Record<string, readonly unknown[]>
  return Object.fromEntries(Object.entries(storage).map(([table, entries]) => [table, entries.length]))
}

@Resource('/sound')
class SoundViewSet extends ViewSet {
  @Get('/stats/:kind')
  @Authorized('admin')
  stats(@Param('kind') kind: string, @QueryParam('n') n: number): unknown {
    return { kind, n }
  }

  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  all(): Reply {
    return ok()
  }
}

describe('A start of an HTTP application', () => {
  it('leaves the storage of routing-controllers as it was', () => {
    const before = storageSizes()
    applicationOf({ viewSets: [SoundViewSet] })
    expect(storageSizes()).to.deep.equal(before)
  })

  it('leaves the storage as it was when it fails', () => {
    class Failing extends NodeDriver {
      override registerRoutes(): void {
        throw new Error('no routes today')
      }
    }
    const before = storageSizes()
    expect(() => applicationOf({ viewSets: [SoundViewSet], driver: new Failing() })).to.throw('no routes today')
    expect(storageSizes()).to.deep.equal(before)
  })

  it('lists its routes, those with literal segments first', () => {
    expect(applicationOf({ viewSets: [SoundViewSet], prefix: '/api/' }).routes).to.deep.equal([
      { method: 'GET', path: '/api/sound', action: 'SoundViewSet.all', permission: 'anyone', native: false },
      {
        method: 'GET',
        path: '/api/sound/stats/:kind',
        action: 'SoundViewSet.stats',
        permission: 'authorized(admin)',
        native: true,
      },
    ])
  })

  it('refuses a driver that serves another application', () => {
    const driver = new NodeDriver()
    applicationOf({ viewSets: [SoundViewSet], driver })
    expect(() => applicationOf({ viewSets: [SoundViewSet], driver })).to.throw('serves another application already')
  })
})

/** Changes what was emitted before routing-controllers reads it. */
const changing = (change: (storage: ReturnType<typeof getMetadataArgsStorage>) => void): Served => {
  class Changing extends NodeDriver {
    override initialize(): void {
      change(getMetadataArgsStorage())
    }
  }
  return { viewSets: [SoundViewSet], driver: new Changing() }
}

describe('The check of what routing-controllers built', () => {
  it('notices a parameter that is gone', () => {
    const before = storageSizes()
    const options = changing(
      ({ params }) =>
        void params.splice(
          params.findLastIndex(({ type }) => type === 'query'),
          1,
        ),
    )
    expect(mistakesOf(options)).to.deep.equal([
      'E_EMISSION SoundViewSet.stats: params is [0 param kind], emitted [0 param kind, 1 query n]',
    ])
    expect(storageSizes()).to.deep.equal(before)
  })

  it('notices an authorization that is gone', () => {
    const options = changing(({ responseHandlers }) => {
      responseHandlers.splice(
        responseHandlers.findLastIndex(({ type }) => type === 'authorized'),
        1,
      )
    })
    expect(mistakesOf(options)).to.deep.equal(['E_EMISSION SoundViewSet.stats: authorized is false, emitted true'])
  })

  it('notices an action that is gone, where an ancestor has it only half', () => {
    const options = changing(
      ({ actions }) =>
        void actions.splice(
          actions.findLastIndex(({ method }) => method === 'stats'),
          1,
        ),
    )
    expect(mistakesOf(options)).to.deep.equal([
      'E_EMISSION SoundViewSet.stats: get /sound/stats/:kind was emitted, but not built.',
      'E_EMISSION SoundViewSet.stats: get /stats/:kind was built, but not emitted.',
    ])
  })

  it('notices an action that nobody emitted', () => {
    const options = changing(({ controllers, actions }) => {
      const { target } = controllers.at(-1)!
      actions.push({ target, type: 'get', method: 'toString', route: '/leak', options: {} })
    })
    expect(mistakesOf(options)).to.deep.equal([
      'E_EMISSION SoundViewSet.toString: get /leak was built, but not emitted.',
    ])
  })
})

describe('Mistakes in viewsets', () => {
  it('are all reported at once', () => {
    class Nowhere extends ViewSet {}
    @Resource('/open')
    class Open extends ViewSet {
      @Get('/free')
      free(): string {
        return 'x'
      }
    }
    @Resource('/twins')
    class First extends ViewSet {
      @Action({ method: 'get', on: 'collection', path: ':slug', allow: anyone })
      one(): Reply {
        return ok()
      }
    }
    @Resource('/twins')
    class Second extends ViewSet {
      @Get('/:id')
      @Allow(anyone)
      two(@Param('id') id: string): string {
        return id
      }
    }
    expect(mistakesOf({ viewSets: [Nowhere, Open, First, Second], prefix: '/a b' })).to.have.members([
      'E_RESOURCE Nowhere: it has no path.',
      'E_NO_PERMISSION Open.free: it is exposed by routing-controllers and has no permission.',
      'E_ROUTE_TAKEN Second.two: it answers GET /twins/:id, and so does First.one with GET /twins/:slug.',
      'E_ROUTE The prefix: "/a b" cannot stand before routes.',
    ])
  })

  it('are viewsets that are none, as in a circle of imports', () => {
    expect(mistakesOf({ viewSets: [undefined as never, {} as never, SoundViewSet, SoundViewSet] })).to.deep.equal([
      'E_VIEWSET viewSets[0]: it is undefined, not a class.',
      'E_VIEWSET viewSets[1]: it is object, not a class.',
    ])
  })

  it('are routes that not every driver can serve', () => {
    @Resource('/odd')
    class Odd extends ViewSet {
      @Get(/^\/a+$/)
      @Allow(anyone)
      pattern(): string {
        return 'x'
      }

      @Action({ method: 'get', on: 'collection', path: 'files/*', allow: anyone })
      files(): Reply {
        return ok()
      }
    }
    expect(mistakesOf({ viewSets: [Odd] })).to.deep.equal([
      'E_ROUTE Odd.files: the route "/odd/files/*" cannot be served by every driver.',
      'E_ROUTE Odd.pattern: the route "/^\\\\/a+$/" cannot be served by every driver.',
    ])
  })

  it('are native actions that need a row, or are declared twice', () => {
    const owner = rowRule<{ ownerId: string }>('owner', () => true)
    @Resource('/rows')
    class Rows extends ViewSet {
      @Get('/mine')
      @Allow(owner as never)
      mine(): string {
        return 'x'
      }

      @Get('/both')
      @Action({ method: 'get', on: 'collection', allow: anyone })
      both(): Reply {
        return ok()
      }
    }
    expect(mistakesOf({ viewSets: [Rows] })).to.deep.equal([
      'E_ACTION Rows.both: it is declared both by @Action and by a decorator of routing-controllers.',
      'E_PERMISSION_ROW Rows.mine: its permission owner decides by row, but no row is loaded for it.',
    ])
  })

  it('are decorators that would do nothing', () => {
    @Resource('/useless')
    class Useless extends ViewSet {
      @Action({ method: 'get', on: 'collection', allow: anyone })
      @OnNull(404)
      none(@QueryParam('x') _call: Call<undefined, object>): Reply {
        return ok()
      }

      @Action({ method: 'get', on: 'collection', allow: anyone })
      @Allow(signedIn)
      allowed(): Reply {
        return ok()
      }

      @Get('/page')
      @Allow(anyone)
      @Render('page')
      page(): object {
        return {}
      }

      @Post('/file')
      @Allow(anyone)
      file(@UploadedFile('file') _file: unknown): object {
        return {}
      }
    }
    expect(mistakesOf({ viewSets: [Useless] })).to.deep.equal([
      'E_NATIVE Useless.allowed: @Allow stands above an action of plinth, whose rule is declared with the action.',
      'E_NATIVE Useless.none: it is an action of plinth, for which "on-null" of routing-controllers means nothing.',
      'E_NATIVE Useless.none: it is an action of plinth and takes the call, but a parameter is decorated with "query".',
      'E_NATIVE Useless.page: @Render needs a view engine, which drivers do not have.',
      'E_NATIVE Useless.file: nothing parses what "file" asks for.',
    ])
  })

  it('are bodies and queries that nothing would check', () => {
    class Bare {
      title!: string
    }
    class Ruled {
      @IsString() title!: string
    }
    @Resource('/bodies')
    class Bodies extends ViewSet {
      @Post('/unknown')
      @Allow(anyone)
      unknown(@Body() _body: Record<string, unknown>): string {
        return 'x'
      }

      @Post('/bare')
      @Allow(anyone)
      bare(@Body() _body: Bare): string {
        return 'x'
      }

      @Post('/array')
      @Allow(anyone)
      array(@Body() _body: Ruled[]): string {
        return 'x'
      }

      @Get('/query')
      @Allow(anyone)
      query(@QueryParams() _query: Bare): string {
        return 'x'
      }

      @Post('/fine')
      @Allow(anyone)
      fine(@Body({ type: Ruled }) _body: Ruled[]): string {
        return 'x'
      }

      @Post('/anything')
      @Allow(anyone)
      anything(@Body({ validate: false }) _body: unknown): string {
        return 'x'
      }
    }
    const body = 'the body has no class with validation rules, so nothing would be checked.'
    expect(mistakesOf({ viewSets: [Bodies] })).to.deep.equal([
      `E_BODY Bodies.unknown: ${body}`,
      `E_BODY Bodies.bare: ${body}`,
      `E_BODY Bodies.array: ${body}`,
      'E_BODY Bodies.query: the query has no class with validation rules, so nothing would be checked.',
    ])
  })
})

@JsonController('/plain')
class PlainController {
  @All('/any')
  @Allow(anyone)
  any(): object {
    return { plain: true }
  }
}

@Resource('/shared')
class SharedViewSet extends ViewSet {
  readonly #calls: string[] = []

  @Action({ method: 'get', on: 'collection', path: '', allow: signedIn })
  count(call: Call<undefined, object>): Reply {
    this.#calls.push(call.id)
    return Reply.json({ calls: this.#calls.length, user: call.user?.id })
  }
}

describe('Two applications in one process', () => {
  let services: readonly Service[]

  before(async () => {
    const [node, , express] = servings
    services = await Promise.all([
      node!.serve({
        viewSets: [SharedViewSet, PlainController],
        instances: new Container({ providers: [SharedViewSet] }),
        prefix: '/a',
        authenticate: () => ({ id: 'a', roles: [] }),
      }),
      express!.serve({
        viewSets: [SharedViewSet],
        instances: new Container({ providers: [SharedViewSet] }),
        authenticate: () => ({ id: 'b', roles: [] }),
      }),
    ])
  })
  after(() => Promise.all(services.map((service) => service.close())))

  it('share a viewset and nothing else', async () => {
    const [a, b] = services as [Service, Service]
    expect((await a.ask('GET', '/a/shared')).json).to.deep.equal({ calls: 1, user: 'a' })
    expect((await a.ask('GET', '/a/shared')).json).to.deep.equal({ calls: 2, user: 'a' })
    expect((await b.ask('GET', '/shared')).json).to.deep.equal({ calls: 1, user: 'b' })
    expect((await a.ask('GET', '/shared')).status).to.equal(404)
    expect((await b.ask('GET', '/plain/any')).status).to.equal(404)
  })

  it('serve controllers of routing-controllers as they are', async () => {
    const [a] = services as [Service]
    for (const method of ['GET', 'POST', 'DELETE']) {
      const answer = await a.ask(method, '/a/plain/any')
      expect([answer.status, answer.json]).to.deep.equal([200, { plain: true }])
    }
  })
})
