import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { Exclude, Type } from 'class-transformer'
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator'
import { anyone, type Call, contextVariable, NotFoundError, Reply, ViewSet } from 'plinth'
import { Allow, Resource } from 'plinth/decorators'
import {
  Body,
  BodyParam,
  ContentType,
  Controller,
  CookieParam,
  Ctx,
  CurrentUser,
  Get,
  Header,
  HeaderParam,
  HttpCode,
  Location,
  type Action as NativeAction,
  NotFoundError as NativeNotFoundError,
  OnNull,
  OnUndefined,
  Param,
  Post,
  QueryParam,
  QueryParams,
  Redirect,
  Req,
  Res,
  UseAfter,
  UseBefore,
} from 'routing-controllers'
import { type Answer, describeOnDrivers, type Service } from '../support/http.js'

class Author {
  @IsString() name!: string
}

class Entry {
  @IsString() title!: string
  @IsInt() @IsOptional() size?: number
  @ValidateNested() @Type(() => Author) @IsOptional() author?: Author
}

class Filter {
  @IsInt() size!: number
  @IsString() @IsOptional() title?: string
}

class Account {
  name = 'a'
  @Exclude() password = 'hunter2'
}

const tenant = contextVariable<string>('tenant')
const heard: unknown[] = []

@Resource('/values')
class ValueViewSet extends ViewSet {
  @Get('/object') @Allow(anyone) object(): object {
    return { date: new Date(0), big: 9007199254740993n, nested: [1, null] }
  }

  @Get('/string') @Allow(anyone) string(): string {
    return 'a "b"'
  }

  @Get('/number') @Allow(anyone) number(): number {
    return 5
  }

  @Get('/date') @Allow(anyone) date(): Date {
    return new Date(0)
  }

  @Get('/bytes') @Allow(anyone) @ContentType('image/png') bytes(): Buffer {
    return Buffer.from([1, 2, 3])
  }

  @Get('/stream') @Allow(anyone) stream(): Readable {
    return Readable.from(['a', 'b'])
  }

  @Get('/varied-stream')
  @Allow(anyone)
  @Header('Vary', 'Accept-Language, origin')
  @UseBefore((_request: unknown, response: ServerResponse, next: () => void) => {
    response.setHeader('vary', 'Origin')
    next()
  })
  variedStream(): Readable {
    return Readable.from(['a'])
  }

  @Get('/broken-stream') @Allow(anyone) brokenStream(): Readable {
    const failing = new Readable({ read: () => void failing.destroy(new Error('no more')) })
    return failing
  }

  @Get('/nothing') @Allow(anyone) nothing(): void {}

  @Get('/accepted') @Allow(anyone) @HttpCode(202) accepted(): void {}

  @Get('/missing') @Allow(anyone) @OnUndefined(404) missing(): void {}

  @Get('/thrown') @Allow(anyone) @OnUndefined(NativeNotFoundError) thrown(): void {}

  @Get('/null') @Allow(anyone) null(): null {
    return null
  }

  @Get('/null-code') @Allow(anyone) @OnNull(410) nullCode(): null {
    return null
  }

  @Get('/reply') @Allow(anyone) @Location('/elsewhere') reply(): Reply {
    return Reply.json({ a: 1 }, 201)
  }

  @Get('/redirect') @Allow(anyone) @Redirect('/values/:name') redirect(): object {
    return { name: 'a b' }
  }

  @Get('/account') @Allow(anyone) account(): Account {
    return new Account()
  }

  @Get('/response') @Allow(anyone) response(@Res() response: ServerResponse): ServerResponse {
    return response.writeHead(299).end('by hand')
  }

  @Get('/number/:n') @Allow(anyone) pathNumber(@Param('n') n: number): unknown {
    return { n }
  }

  @Get('/query')
  @Allow(anyone)
  query(
    @QueryParam('n') n: number,
    @QueryParam('b') b: boolean,
    @QueryParam('d') d: Date,
    @QueryParam('s', { required: true }) s: string,
    @QueryParam('list', { isArray: true, type: Number }) list: number[],
  ): unknown {
    return { n, b, d, s, list }
  }

  @Get('/filter') @Allow(anyone) filter(@QueryParams() filter: Filter): unknown {
    return { size: filter.size, title: filter.title, class: filter.constructor.name }
  }

  @Get('/header')
  @Allow(anyone)
  header(@HeaderParam('x-n') n: number, @CookieParam('theme') theme: string): unknown {
    return { n, theme }
  }

  @Post('/entry') @Allow(anyone) entry(@Body() entry: Entry): unknown {
    return { entry, class: entry.constructor.name }
  }

  @Post('/entries') @Allow(anyone) entries(@Body({ type: Entry }) entries: Entry[]): unknown {
    return { count: entries.length, class: entries[0]?.constructor.name }
  }

  @Post('/optional') @Allow(anyone) optional(@Body({ required: false }) entry: Entry): unknown {
    return { given: entry !== undefined }
  }

  @Post('/members')
  @Allow(anyone)
  members(
    @BodyParam('n', { required: true }) n: number,
    @BodyParam('s') s: string,
    @BodyParam('d') d: Date,
    @BodyParam('constructor') made: string,
  ): unknown {
    return { n, s, d, made: typeof made }
  }

  @Get('/user') @Allow(anyone) user(@CurrentUser() user: unknown, @Ctx() call: Call): unknown {
    return { user, same: call.user === user, path: call.path }
  }

  @Get('/user-required') @Allow(anyone) userRequired(@CurrentUser({ required: true }) user: unknown): unknown {
    return { user }
  }

  @Get('/context')
  @Allow(anyone)
  @UseBefore((_request: unknown, _response: unknown, next: () => void) => {
    tenant.set('t1')
    next()
  })
  context(@Req() request: { readonly url?: string }): unknown {
    return { tenant: tenant.get(), url: request.url }
  }

  @Get('/not-found') @Allow(anyone) notFound(): never {
    throw new NotFoundError('No such value.', { errorCode: 'NO_VALUE' })
  }

  @Get('/native-not-found') @Allow(anyone) nativeNotFound(): never {
    throw new NativeNotFoundError('No such native value.')
  }

  @Get('/caught')
  @Allow(anyone)
  @UseAfter((error: unknown, _request: unknown, response: ServerResponse, next: (error: unknown) => void) => {
    heard.push((error as Error).message)
    if ((error as Error).message === 'pass') next(error)
    else response.writeHead(418).end('caught')
  })
  caught(@QueryParam('message') message: string): never {
    throw new Error(message)
  }
}

@Controller('/text')
class TextController {
  @Get('/page') @Allow(anyone) page(): string {
    return '<b>'
  }

  @Get('/html') @Allow(anyone) @ContentType('text/html; charset=utf-8') html(): string {
    return '<b>'
  }

  @Post('/echo') @Allow(anyone) echo(@Body({ validate: false }) text: string, @Ctx() _action: NativeAction): string {
    return text
  }
}

describeOnDrivers('What native actions return', ({ serve }) => {
  let service: Service

  before(async () => {
    service = await serve({ viewSets: [ValueViewSet, TextController], authenticate: () => ({ id: '7', roles: [] }) })
  })
  after(() => service.close())

  const json = 'application/json; charset=utf-8'
  const plain = 'text/plain; charset=utf-8'
  const cases: readonly (readonly [string, number, string, string | null])[] = [
    ['/values/object', 200, '{"date":"1970-01-01T00:00:00.000Z","big":"9007199254740993","nested":[1,null]}', json],
    ['/values/string', 200, '"a \\"b\\""', json],
    ['/values/number', 200, '5', json],
    ['/values/date', 200, '"1970-01-01T00:00:00.000Z"', json],
    ['/values/bytes', 200, '\u0001\u0002\u0003', 'image/png'],
    ['/values/stream', 200, 'ab', 'application/octet-stream'],
    ['/values/nothing', 204, '', null],
    ['/values/accepted', 202, '', null],
    ['/values/null', 204, '', null],
    ['/values/account', 200, '{"name":"a"}', json],
    ['/values/response', 299, 'by hand', null],
    ['/text/page', 200, '<b>', plain],
    ['/text/html', 200, '<b>', 'text/html; charset=utf-8'],
  ]
  for (const [path, status, text, type] of cases) {
    it(`${path}: ${status} ${JSON.stringify(text)}`, async () => {
      const answer = await service.ask('GET', path)
      expect([answer.status, answer.text, answer.headers.get('content-type')]).to.deep.equal([status, text, type])
    })
  }

  for (const [path, status] of [
    ['/values/missing', 404],
    ['/values/thrown', 404],
    ['/values/null-code', 410],
  ] as const) {
    it(`${path}: ${status} as a problem`, async () => {
      const answer = await service.ask('GET', path)
      expect([answer.status, (answer.json as { status: number }).status]).to.deep.equal([status, status])
    })
  }

  it('a Reply is as it was made, with the headers above the action', async () => {
    const answer = await service.ask('GET', '/values/reply')
    expect([answer.status, answer.text, answer.headers.get('location')]).to.deep.equal([201, '{"a":1}', '/elsewhere'])
  })

  it('a redirection is filled in', async () => {
    const answer = await service.ask('GET', '/values/redirect')
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([302, '/values/a%20b'])
  })

  it('a stream tells all that it depends on, by what a middleware says of it, too', async () => {
    const { text, headers } = await service.ask('GET', '/values/varied-stream')
    expect([text, headers.get('vary')]).to.deep.equal(['a', 'origin, Accept-Language'])
  })

  it('a stream that fails breaks the answer off', async () => {
    await service.ask('GET', '/values/broken-stream').then(
      () => expect.fail('it came to an end'),
      (error: unknown) => expect(error).to.be.instanceOf(TypeError),
    )
    expect((await service.ask('GET', '/values/number')).text).to.equal('5')
  })

  it('errors of plinth and of routing-controllers are problems', async () => {
    const [own, native] = [
      await service.ask('GET', '/values/not-found'),
      await service.ask('GET', '/values/native-not-found'),
    ]
    expect(own.json).to.include({ status: 404, code: 'NO_VALUE', detail: 'No such value.' })
    expect(native.json).to.include({ status: 404, code: 'NOT_FOUND', detail: 'No such native value.' })
  })

  it('errors are seen first by the middlewares for errors', async () => {
    heard.splice(0)
    const [answered, passed] = [
      await service.ask('GET', '/values/caught?message=keep'),
      await service.ask('GET', '/values/caught?message=pass'),
    ]
    expect([answered.status, answered.text, passed.status, heard]).to.deep.equal([418, 'caught', 500, ['keep', 'pass']])
  })
})

const errorsOf = (answer: Answer): readonly string[] => {
  const { errors } = answer.json as { errors: readonly Readonly<Record<string, string>>[] }
  return errors.map(({ pointer, parameter, header, code }) => `${pointer ?? parameter ?? header} ${code}`)
}

describeOnDrivers('What native actions are given', ({ serve }) => {
  let service: Service

  before(async () => {
    service = await serve({
      viewSets: [ValueViewSet, TextController],
      authenticate: (exchange) => (exchange.header('x-user') ? { id: '7', roles: [] } : null),
    })
  })
  after(() => service.close())

  for (const text of ['5', '-5.5', '1e3', '0']) {
    it(`${text} as a number`, async () => {
      expect((await service.ask('GET', `/values/number/${text}`)).json).to.deep.equal({ n: Number(text) })
    })
  }

  for (const text of ['0x10', '%20', '1e400', '05', '+5', '5%20', 'NaN', 'Infinity', '5n', '9007199254740993', '٥']) {
    it(`not ${decodeURIComponent(text)} as a number`, async () => {
      const answer = await service.ask('GET', `/values/number/${text}`)
      expect([answer.status, errorsOf(answer)]).to.deep.equal([400, ['n number']])
    })
  }

  it('values of a query by their types', async () => {
    const answer = await service.ask(
      'GET',
      '/values/query?n=1&b=true&d=2030-01-31T12:00:00%2B01:00&s=&s=x&list=1&list=2',
    )
    expect(errorsOf(answer)).to.deep.equal(['s repeated'])
    const good = await service.ask('GET', '/values/query?n=1&b=false&d=2030-01-31T12:00:00%2B01:00&s=x&list=1&list=2')
    expect(good.json).to.deep.equal({ n: 1, b: false, d: '2030-01-31T11:00:00.000Z', s: 'x', list: [1, 2] })
    expect((await service.ask('GET', '/values/query?s=x&list=7')).json).to.deep.equal({ s: 'x', list: [7] })
  })

  it('not what is no value of its type, all at once', async () => {
    const answer = await service.ask('GET', '/values/query?n=&b=1&d=2030-02-30T00:00:00Z&list=1&list=x')
    expect([answer.status, errorsOf(answer)]).to.deep.equal([
      400,
      ['n number', 'b boolean', 'd date', 's required', 'list number'],
    ])
  })

  it('a class of query parameters, strictly', async () => {
    expect((await service.ask('GET', '/values/filter?size=5&title=a')).json).to.deep.equal({
      size: 5,
      title: 'a',
      class: 'Filter',
    })
    for (const [query, errors] of [
      ['size=0x5', ['size number']],
      ['size=5&size=6', ['size repeated']],
      ['size=5&evil=1', ['evil unknown_field']],
      ['size=5.5', ['size isInt']],
      ['size=1&__proto__=2', ['__proto__ unknown_field']],
    ] as const) {
      const answer = await service.ask('GET', `/values/filter?${query}`)
      expect([answer.status, errorsOf(answer)], query).to.deep.equal([400, errors])
    }
  })

  it('headers and cookies', async () => {
    const good = await service.ask('GET', '/values/header', {
      headers: { 'x-n': '5', cookie: 'theme=dark%20one; a=b' },
    })
    expect(good.json).to.deep.equal({ n: 5, theme: 'dark one' })
    expect(errorsOf(await service.ask('GET', '/values/header', { headers: { 'x-n': '0x5' } }))).to.deep.equal([
      'x-n number',
    ])
  })

  it('a body as an instance of its class, and nothing that is no object', async () => {
    const good = await service.send('POST', '/values/entry', { title: 'a', author: { name: 'b' } })
    expect(good.json).to.deep.equal({ entry: { title: 'a', author: { name: 'b' } }, class: 'Entry' })
    for (const [body, errors] of [
      [[{ title: 1, evil: 2 }], ['# object']],
      ['text', ['# object']],
      [null, ['# object']],
      [{ title: 'a', author: { name: 1, evil: 2 } }, ['#/author/evil unknown_field', '#/author/name isString']],
      [{ title: 'a', 'x/y~z': 1 }, ['#/x~1y~0z unknown_field']],
    ] as const) {
      const answer = await service.send('POST', '/values/entry', body)
      expect([answer.status, errorsOf(answer)]).to.deep.equal([400, errors])
    }
  })

  it('no body but one that is optional', async () => {
    expect(errorsOf(await service.ask('POST', '/values/entry'))).to.deep.equal(['# required'])
    expect((await service.ask('POST', '/values/optional')).json).to.deep.equal({ given: false })
  })

  it('an array whose every element is checked', async () => {
    const good = await service.send('POST', '/values/entries', [{ title: 'a' }, { title: 'b' }])
    expect(good.json).to.deep.equal({ count: 2, class: 'Entry' })
    for (const [body, errors] of [
      [
        [{ title: 'a' }, { title: 1, evil: 2 }],
        ['#/1/evil unknown_field', '#/1/title isString'],
      ],
      [
        [[], 1],
        ['#/0 object', '#/1 object'],
      ],
      [{ title: 'a' }, ['# array']],
    ] as const) {
      const answer = await service.send('POST', '/values/entries', body)
      expect([answer.status, errorsOf(answer)]).to.deep.equal([400, errors])
    }
  })

  it('members of a body, unconverted', async () => {
    const good = await service.send('POST', '/values/members', { n: 5, s: 'x', d: '2030-01-31T12:00:00Z' })
    expect(good.json).to.deep.equal({ n: 5, s: 'x', d: '2030-01-31T12:00:00.000Z', made: 'undefined' })
    const bad = await service.send('POST', '/values/members', { n: '5', s: 1, d: 'today' })
    expect(errorsOf(bad)).to.deep.equal(['#/n number', '#/s string', '#/d date'])
    expect(errorsOf(await service.ask('POST', '/values/members'))).to.deep.equal(['#/n required'])
    expect(errorsOf(await service.send('POST', '/values/members', []))).to.deep.equal(['# object'])
  })

  it('the text of a controller that is not for JSON', async () => {
    const type = { headers: { 'content-type': 'text/plain' } }
    expect((await service.ask('POST', '/text/echo', { body: 'héllo', ...type })).text).to.equal('héllo')
    expect((await service.send('POST', '/text/echo', {})).status).to.equal(415)
  })

  it('the user and the call', async () => {
    const answer = await service.ask('GET', '/values/user', { headers: { 'x-user': '7' } })
    expect(answer.json).to.deep.equal({ user: { id: '7', roles: [] }, same: true, path: '/values/user' })
    const [somebody, nobody] = [
      await service.ask('GET', '/values/user-required', { headers: { 'x-user': '7' } }),
      await service.ask('GET', '/values/user-required'),
    ]
    expect([somebody.status, nobody.status, nobody.headers.get('www-authenticate')]).to.deep.equal([200, 401, 'Bearer'])
  })

  it('a context of their own', async () => {
    expect((await service.ask('GET', '/values/context')).json).to.deep.equal({ tenant: 't1', url: '/values/context' })
    expect(tenant.get()).to.equal(undefined)
  })
})
