import { expect } from 'chai'
import { IsInt, IsString, MaxLength } from 'class-validator'
import { anyone, type Call, Reply, role, signedIn, type User, ViewSet } from 'plinth'
import { Action, Allow, Resource } from 'plinth/decorators'
import {
  Authorized,
  Body,
  Get,
  Header,
  HeaderParam,
  HttpCode,
  Param,
  Post,
  QueryParam,
  UseAfter,
  UseBefore,
  UseInterceptor,
} from 'routing-controllers'
import { describeOnDrivers, type Service } from '../support/http.js'

class Note {
  @IsString() @MaxLength(5) title!: string
  @IsInt() size!: number
}

const seen: string[] = []

class Stamp {
  use(_request: unknown, response: { setHeader(name: string, value: string): void }, next: () => void): void {
    response.setHeader('x-stamp', 'class middleware')
    next()
  }
}

class Wrap {
  intercept(_action: unknown, content: unknown): unknown {
    return content instanceof Reply ? content.withHeaders({ 'x-wrapped': 'yes' }) : { wrapped: content }
  }
}

const trace =
  (name: string) =>
  (_request: unknown, _response: unknown, next: () => void): void => {
    seen.push(name)
    next()
  }

@UseBefore(trace('base'))
abstract class Base extends ViewSet {
  @Get('/stats/:kind')
  @Authorized('admin')
  @HttpCode(203)
  @Header('X-Kind', 'stats')
  @UseBefore(Stamp)
  @UseAfter(trace('after'))
  @UseInterceptor(Wrap)
  stats(@Param('kind') kind: string, @QueryParam('n') n: number, @HeaderParam('x-extra') extra: string): unknown {
    return { kind, n, extra, by: this.who() }
  }

  @Post('/notes')
  @Allow(signedIn)
  @HttpCode(201)
  note(@Body() note: Note): unknown {
    return { note, class: note.constructor.name }
  }

  @Action({ method: 'post', on: 'collection', path: 'publish', body: Note, allow: role('editor') })
  @HttpCode(202)
  @Header('X-Published', 'yes')
  @UseBefore(Stamp)
  @UseInterceptor(Wrap)
  publish(call: Call<Note, object>): Reply {
    return Reply.json({ title: call.body.title, by: this.who() }, 202)
  }

  @Get('/overridden')
  @Authorized('admin')
  overridden(): unknown {
    return 'base'
  }

  @Get('/reallowed')
  @Allow(role('admin'))
  reallowed(): unknown {
    return 'base'
  }

  @Get('/redeclared')
  @Authorized('admin')
  @HttpCode(203)
  redeclared(): unknown {
    return 'base'
  }

  protected who(): string {
    return 'Base'
  }
}

abstract class Middle extends Base {
  override overridden(): unknown {
    return 'middle'
  }
}

@Authorized('staff')
abstract class Guarded extends ViewSet {
  @Get('/native')
  @Authorized(['admin', 'auditor'])
  native(): unknown {
    return 'native'
  }

  @Action({ method: 'get', on: 'collection', allow: anyone })
  own(): Reply {
    return Reply.json('own')
  }

  @Action({ method: 'get', on: 'collection', path: 'turned', allow: anyone })
  turned(): Reply {
    return Reply.json('action')
  }

  @Get('/returned')
  @Allow(anyone)
  returned(): unknown {
    return 'native'
  }
}

@Resource('/guarded')
class GuardedViewSet extends Guarded {
  @Get('/turned-native')
  @Allow(anyone)
  override turned(): Reply {
    return Reply.json('native')
  }

  @Action({ method: 'get', on: 'collection', path: 'returned-own', allow: anyone })
  override returned(): Reply {
    return Reply.json('own')
  }
}

@Resource('/things')
@UseBefore(trace('concrete'))
class ThingViewSet extends Middle {
  @Allow(signedIn)
  override reallowed(): unknown {
    return 'concrete'
  }

  @Get('/again')
  @Allow(anyone)
  override redeclared(): unknown {
    return 'concrete'
  }

  @Header('X-Override', 'added')
  override note(note: Note): unknown {
    return super.note(note)
  }

  protected override who(): string {
    return 'ThingViewSet'
  }
}

const users: Readonly<Record<string, User>> = {
  admin: { id: '1', roles: ['admin'] },
  editor: { id: '2', roles: ['editor'] },
  staff: { id: '3', roles: ['staff'] },
  both: { id: '4', roles: ['staff', 'auditor'] },
}

const as = (user: string) => ({ headers: { 'x-user': user } })

describeOnDrivers('A viewset three levels deep', ({ serve }) => {
  let service: Service

  before(async () => {
    service = await serve({
      viewSets: [ThingViewSet, GuardedViewSet],
      authenticate: (exchange) => users[exchange.header('x-user') ?? ''] ?? null,
    })
  })
  after(() => service.close())
  beforeEach(() => void seen.splice(0))

  it('keeps @Authorized, parameters, code, header, middlewares and interceptor of an inherited native action', async () => {
    const answer = await service.ask('GET', '/things/stats/visits?n=3', {
      headers: { 'x-user': 'admin', 'x-extra': 'e' },
    })
    expect([answer.status, answer.json]).to.deep.equal([
      203,
      { wrapped: { kind: 'visits', n: 3, extra: 'e', by: 'ThingViewSet' } },
    ])
    expect(answer.headers.get('x-kind')).to.equal('stats')
    expect(answer.headers.get('x-stamp')).to.equal('class middleware')
    expect(seen).to.deep.equal(['base', 'concrete', 'after'])
  })

  it('refuses an inherited native action without a user, and without the role', async () => {
    const [nobody, editor] = [
      await service.ask('GET', '/things/stats/visits?n=3'),
      await service.ask('GET', '/things/stats/visits?n=3', as('editor')),
    ]
    expect([nobody.status, nobody.headers.get('www-authenticate')]).to.deep.equal([401, 'Bearer'])
    expect(editor.status).to.equal(403)
    // Middlewares in front of an action stand in front of all that it asks; what stands behind it has not run.
    expect(seen).to.deep.equal(['base', 'concrete', 'base', 'concrete'])
  })

  it('validates the body of an inherited native action, and makes an instance of its class', async () => {
    const good = await service.send('POST', '/things/notes', { title: 'a', size: 1 }, { 'x-user': 'editor' })
    expect([good.status, good.json]).to.deep.equal([201, { note: { title: 'a', size: 1 }, class: 'Note' }])
    expect(good.headers.get('x-override')).to.equal('added')
    const bad = await service.send(
      'POST',
      '/things/notes',
      { title: 'too long', size: 'x', evil: 1 },
      { 'x-user': 'editor' },
    )
    expect(bad.status).to.equal(400)
    const { errors } = bad.json as { errors: { pointer: string; code: string }[] }
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`)).to.have.members([
      '#/evil unknown_field',
      '#/size isInt',
      '#/title maxLength',
    ])
  })

  it('keeps rule, body, code, header, middleware and interceptor of an inherited action of plinth', async () => {
    const answer = await service.send('POST', '/things/publish', { title: 'a', size: 1 }, { 'x-user': 'editor' })
    expect([answer.status, answer.json]).to.deep.equal([202, { title: 'a', by: 'ThingViewSet' }])
    expect(['x-published', 'x-stamp', 'x-wrapped'].map((name) => answer.headers.get(name))).to.deep.equal([
      'yes',
      'class middleware',
      'yes',
    ])
    expect(seen).to.deep.equal(['base', 'concrete'])
    expect((await service.send('POST', '/things/publish', { title: 'a', size: 1 })).status).to.equal(401)
    expect(
      (await service.send('POST', '/things/publish', { title: 'a', size: 1 }, { 'x-user': 'admin' })).status,
    ).to.equal(403)
    expect((await service.send('POST', '/things/publish', { title: 'a' }, { 'x-user': 'editor' })).status).to.equal(400)
  })

  it('runs an undecorated override under the rule of what it overrides', async () => {
    expect((await service.ask('GET', '/things/overridden')).status).to.equal(401)
    const answer = await service.ask('GET', '/things/overridden', as('admin'))
    expect([answer.status, answer.json]).to.deep.equal([200, 'middle'])
  })

  it('takes a declaration nearer to the class as a whole', async () => {
    const answer = await service.ask('GET', '/things/again')
    expect([answer.status, answer.json]).to.deep.equal([200, 'concrete'])
    expect((await service.ask('GET', '/things/redeclared', as('admin'))).status).to.equal(404)
  })

  const statuses = async (path: string): Promise<readonly number[]> => {
    const answers = ['', 'admin', 'staff', 'both'].map((user) => service.ask('GET', path, as(user)))
    return (await Promise.all(answers)).map(({ status }) => status)
  }

  it('takes the rule of the override that is nearest to the class', async () => {
    expect(await statuses('/things/reallowed')).to.deep.equal([401, 200, 200, 200])
  })

  it('guards every action by what stands above an ancestor, beside its own rule', async () => {
    expect(await statuses('/guarded/native')).to.deep.equal([401, 403, 403, 200])
    expect(await statuses('/guarded/own')).to.deep.equal([401, 403, 200, 200])
  })

  it('lets the nearest declaration decide who runs the action', async () => {
    const answers = ['turned-native', 'turned', 'returned-own', 'returned'].map((path) => {
      return service.ask('GET', `/guarded/${path}`, as('staff'))
    })
    expect((await Promise.all(answers)).map(({ status, text }) => (status === 200 ? text : status))).to.deep.equal([
      '"native"',
      404,
      '"own"',
      404,
    ])
  })
})
