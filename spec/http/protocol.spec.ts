import { EventEmitter, once } from 'node:events'
import { Agent, type IncomingMessage, request as send } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { IsString } from 'class-validator'
import { anyone, type Call, Reply, signedIn, ViewSet } from 'plinth'
import { Container } from 'plinth/container'
import { Action, Allow, Resource } from 'plinth/decorators'
import { Authorized, Body, Get, Head, Param, Post } from 'routing-controllers'
import { describeOnDrivers, type Service } from '../support/http.js'

class Text {
  @IsString() text!: string
}

const touched: string[] = []

@Resource('/things')
class ThingViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  all(): Reply {
    return Reply.json(['a', 'b'])
  }

  @Action({ method: 'post', on: 'collection', path: '', body: Text, allow: anyone })
  create(call: Call<Text, object>): Reply {
    return Reply.json({ length: call.body.text.length }, 201)
  }

  @Action({ method: 'post', on: 'collection', path: 'secret', body: Text, allow: signedIn })
  secret(): Reply {
    touched.push('action')
    return Reply.empty()
  }

  @Action({ method: 'get', on: 'collection', path: 'trash', allow: anyone })
  trash(): Reply {
    return Reply.json('trash')
  }

  @Get('/:name')
  @Allow(anyone)
  one(@Param('name') name: string): object {
    return { name }
  }

  @Post('/native')
  @Allow(anyone)
  native(@Body() body: Text): object {
    return { length: body.text.length }
  }

  @Post('/secret-native')
  @Authorized()
  secretNative(@Body() _body: Text): void {
    touched.push('native')
  }

  @Get('/:name/head')
  @Allow(anyone)
  withHead(): string {
    return 'get'
  }

  @Head('/:name/head')
  @Allow(anyone)
  onlyHead(): Reply {
    return Reply.empty(200, { 'x-head': 'on purpose' })
  }

  @Get('/late')
  @Allow(anyone)
  late(): string {
    return 'late'
  }
}

describeOnDrivers('The protocol', ({ name, serve, mounted }) => {
  let service: Service

  before(async () => {
    service = await serve({ viewSets: [ThingViewSet], limits: { body: 1000 } })
  })
  after(() => service.close())
  beforeEach(() => void touched.splice(0))

  it('answers HEAD as GET without a body', async () => {
    const [get, head] = [await service.ask('GET', '/things'), await service.ask('HEAD', '/things')]
    expect([head.status, head.text, head.headers.get('content-length')]).to.deep.equal([200, '', '9'])
    expect(get.text).to.equal('["a","b"]')
  })

  it('answers HEAD with the headers of a problem alone', async () => {
    const head = await service.ask('HEAD', '/things/none/at/all')
    expect([head.text, head.headers.get('content-type'), head.headers.get('cache-control')]).to.deep.equal(
      mounted ? ['', 'text/html; charset=utf-8', null] : ['', 'application/problem+json; charset=utf-8', 'no-store'],
    )
    const refused = await service.ask('HEAD', '/things?unknown=1')
    expect([refused.status, refused.text, refused.headers.get('content-type')]).to.deep.equal([
      400,
      '',
      'application/problem+json; charset=utf-8',
    ])
  })

  it('lets an action answer HEAD on purpose', async () => {
    expect((await service.ask('HEAD', '/things/x/head')).headers.get('x-head')).to.equal('on purpose')
    expect((await service.ask('GET', '/things/x/head')).text).to.equal('"get"')
  })

  it('answers OPTIONS with the methods of a path', async () => {
    const answer = await service.ask('OPTIONS', '/things')
    expect([answer.status, answer.text, answer.headers.get('allow')]).to.deep.equal([
      204,
      '',
      'GET, HEAD, OPTIONS, POST',
    ])
  })

  it('answers 405 with the methods of a path', async () => {
    const answer = await service.ask('DELETE', '/things')
    expect([answer.status, answer.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD, OPTIONS, POST'])
    expect(answer.headers.get('content-type')).to.equal('application/problem+json; charset=utf-8')
    expect((await service.ask('PROPFIND', '/things')).status).to.equal(405)
  })

  it('answers 404 where nothing is, or passes it on', async () => {
    const answer = await service.ask('GET', '/nothing?secret=1', { headers: { 'x-request-id': 'r-1' } })
    expect(answer.status).to.equal(404)
    if (mounted) expect(answer.text).to.equal('passed on')
    else {
      expect(answer.json).to.deep.equal({
        type: 'urn:problem:not_found',
        title: 'Not found',
        status: 404,
        code: 'NOT_FOUND',
        detail: 'There is nothing at this address.',
        instance: '/nothing',
        requestId: 'r-1',
      })
    }
  })

  it('ignores one slash at the end, and minds the case', async () => {
    expect((await service.ask('GET', '/things/')).status).to.equal(200)
    expect((await service.ask('GET', '/things//')).status).to.equal(404)
    expect((await service.ask('GET', '/Things')).status).to.equal(404)
  })

  it('prefers literal segments, and decodes parameters', async () => {
    expect((await service.ask('GET', '/things/trash')).text).to.equal('"trash"')
    expect((await service.ask('GET', '/things/late')).text).to.equal('"late"')
    expect((await service.ask('GET', '/things/a%2Fb%20%C3%A9%25')).json).to.deep.equal({ name: 'a/b é%' })
    expect((await service.ask('GET', `/things/${'x'.repeat(4000)}`)).json).to.deep.equal({ name: 'x'.repeat(4000) })
  })

  it('never refuses a method that it says an address takes', async () => {
    // Express takes literal segments as they are written alone.
    expect((await service.ask('GET', '/%74hings')).status).to.equal(name === 'Express5Driver' ? 404 : 200)
  })

  it('refuses malformed percent-encoding in paths and queries', async () => {
    for (const path of ['/things/%zz', '/things/%', '/things/%E9', '/things?q=%']) {
      const answer = await service.ask('GET', path)
      expect([answer.status, (answer.json as { code: string }).code], path).to.deep.equal([400, 'MALFORMED_ADDRESS'])
    }
  })

  it('refuses what no address of a request has: a fragment', async () => {
    for (const path of ['/things#a', '/things/1#', '/things?q=1#a', '/#']) {
      const answer = await service.raw(`GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`)
      expect(answer, path)
        .to.match(/^HTTP\/1.1 400 /)
        .and.to.contain('"MALFORMED_ADDRESS"')
    }
  })

  it('refuses an address that is too long', async () => {
    const answer = await service.ask('GET', `/things?q=${'x'.repeat(8192)}`)
    expect([answer.status, (answer.json as { details: unknown }).details]).to.deep.equal([414, { limit: 8192 }])
  })

  it('takes an absolute address, and OPTIONS for the server as a whole', async () => {
    expect(await service.raw('GET http://here/things HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n')).to.match(
      /^HTTP\/1.1 200 /,
    )
    expect(await service.raw('GET any://here/things HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n')).to.match(
      /^HTTP\/1.1 200 /,
    )
    const answer = await service.raw('OPTIONS * HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n')
    expect(answer).to.match(/^HTTP\/1.1 204 [^]*\r\nallow: GET, HEAD, OPTIONS, POST\r\n/i)
  })

  it('keeps one socket through 300 requests that go wrong', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ports = new Set<number | undefined>()
    const statuses: (number | undefined)[] = []
    const wrong: readonly { method: string; path: string; body?: string }[] = [
      { method: 'GET', path: '/nothing' },
      { method: 'PUT', path: '/things', body: 'x'.repeat(5000) },
      { method: 'POST', path: '/things', body: JSON.stringify({ text: 'x'.repeat(5000) }) },
    ]
    for (let index = 0; index < 300; index++) {
      const { method, path, body } = wrong[index % 3]!
      const request = send({ port: service.port, agent, method, path, headers: { 'content-type': 'application/json' } })
      request.end(body)
      const [response] = (await once(request, 'response')) as [IncomingMessage]
      ports.add(request.socket?.localPort)
      statuses.push(response.statusCode)
      response.resume()
      await once(response, 'end')
    }
    agent.destroy()
    expect(statuses).to.deep.equal(Array.from({ length: 100 }, () => [404, 405, 413]).flat())
    expect(ports.size).to.equal(1)
  })

  it('answers 413 before a huge body was sent, and closes the connection once the client stops', async () => {
    const socket = service.socket()
    socket.write(
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{',
    )
    let answer = ''
    for await (const chunk of socket) {
      answer += String(chunk)
      if (answer.includes('"PAYLOAD_TOO_LARGE"')) break
    }
    expect(answer)
      .to.match(/^HTTP\/1.1 413 /)
      .and.to.match(/\r\nconnection: close\r\n/i)
  })

  it('counts the bytes of a body in chunks, and throws the rest of them away', async () => {
    const head =
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunks = `3e8\r\n${'x'.repeat(1000)}\r\n`.repeat(300)
    const next = 'GET /things/late HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
    const answers = await service.raw(`${head}${chunks}0\r\n\r\n${next}`)
    expect(answers).to.match(/^HTTP\/1.1 413 [^]*HTTP\/1.1 200 OK[^]*"late"$/)
  })

  it('answers a client that sends 5 MB nobody wants before it reads', async () => {
    const head = 'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n'
    const bytes = 'x'.repeat(5_000_000)
    const socket = service.socket()
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject)
      socket.write(`${head}Content-Length: ${bytes.length}\r\n\r\n${bytes}`, () => resolve())
    })
    expect(await text(socket)).to.match(/^HTTP\/1.1 413 /)
  })

  it('cuts off who goes on sending what nobody wants', async () => {
    const head =
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
    const socket = service.socket()
    socket.on('error', () => {})
    socket.write(head)
    const sending = setInterval(() => socket.write(`ea60\r\n${'x'.repeat(60_000)}\r\n`), 10)
    let answer = ''
    socket.on('data', (chunk: Buffer) => (answer += String(chunk)))
    // Not `once`, which fails where a connection is reset.
    await new Promise((resolve) => socket.on('close', resolve))
    clearInterval(sending)
    expect(answer).to.match(/^HTTP\/1.1 413 /)
  })

  it('lets a client wait for 100 Continue', async () => {
    const request = send({
      port: service.port,
      method: 'POST',
      path: '/things',
      headers: { 'content-type': 'application/json', 'content-length': 14, expect: '100-continue' },
    })
    request.flushHeaders()
    await once(request, 'continue')
    request.end('{"text":"abc"}')
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    expect(response.statusCode).to.equal(201)
  })

  it('survives clients that leave in the middle of a body', async () => {
    const socket = service.socket()
    await once(socket, 'connect')
    socket.write(
      'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"text"',
    )
    while (service.application.active === 0) await new Promise(setImmediate)
    socket.destroy()
    while (service.application.active > 0) await new Promise(setImmediate)
    expect((await service.send('POST', '/things', { text: 'abc' })).status).to.equal(201)
  })

  it('answers what is no HTTP, or too long to be read, with a problem', async () => {
    const answer = await service.raw('NO HTTP\r\n\r\n')
    expect(answer).to.match(/^HTTP\/1.1 400 Bad Request\r\ncontent-type: application\/problem\+json/)
    expect(answer).to.match(/\{"type":"urn:problem:bad_request",.*"status":400,.*\}$/)
    const long = await service.raw(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
    expect(long).to.match(/^HTTP\/1.1 431 .*"status":431/s)
  })

  it('asks who calls before it reads the body', async () => {
    const answer = await service.raw(
      'POST /things/secret HTTP/1.1\r\nHost: x\r\nContent-Type: text/html\r\nContent-Length: 9999\r\nConnection: close\r\n\r\n',
    )
    expect(answer)
      .to.match(/^HTTP\/1.1 401 /)
      .and.to.match(/\r\nwww-authenticate: Bearer\r\n/i)
    expect(touched).to.deep.equal([])
    const native = await service.ask('POST', '/things/secret-native', {
      body: '<x/>',
      headers: { 'content-type': 'x/y' },
    })
    expect([native.status, touched]).to.deep.equal([401, []])
  })

  it('answers 415 for other types, with those it takes', async () => {
    for (const path of ['/things', '/things/native']) {
      const answer = await service.ask('POST', path, { body: '<x/>', headers: { 'content-type': 'text/xml' } })
      expect([answer.status, answer.headers.get('accept-post')], path).to.deep.equal([415, 'application/json'])
      const packed = await service.ask('POST', path, {
        body: '{}',
        headers: { 'content-type': 'application/json', 'content-encoding': 'br' },
      })
      expect([packed.status, packed.headers.get('accept-encoding')], path).to.deep.equal([415, 'gzip'])
    }
  })

  it('sends the id of a request back, and makes one where it is not well-formed', async () => {
    const given = await service.ask('GET', '/things', { headers: { 'x-request-id': 'abc-1' } })
    expect(given.headers.get('x-request-id')).to.equal('abc-1')
    const made = await service.ask('GET', '/things', { headers: { 'x-request-id': 'a b' } })
    expect(made.headers.get('x-request-id')).to.match(/^[0-9a-f-]{36}$/)
  })
})

class Recording extends Container {
  readonly ended: object[] = []

  override end(request: object): void {
    this.ended.push(request)
    super.end(request)
  }
}

describeOnDrivers('The life of a request', ({ serve }) => {
  it('ends once, whatever becomes of it', async () => {
    const instances = new Recording()
    const service = await serve({ viewSets: [ThingViewSet], instances })
    for (const [method, path] of [
      ['GET', '/things'],
      ['GET', '/things/late'],
      ['POST', '/things'],
      ['POST', '/things/secret'],
    ] as const) {
      await service.ask(method, path)
    }
    await service.application.drain()
    expect([instances.ended.length, new Set(instances.ended).size]).to.deep.equal([4, 4])
    await service.close()
  })
})

describeOnDrivers('An application that ends', ({ serve }) => {
  it('answers what it has begun, and closes every connection behind its answer', async () => {
    const gate = new EventEmitter()
    @Resource('/slow')
    class SlowViewSet extends ViewSet {
      @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
      async slow(): Promise<Reply> {
        await once(gate, 'open')
        return Reply.json('done')
      }
    }
    const service = await serve({ viewSets: [SlowViewSet] })
    const slow = service.ask('GET', '/slow')
    while (service.application.active === 0) await new Promise(setImmediate)
    const drained = service.application.drain()
    gate.emit('open')
    const answer = await slow
    await drained
    expect([answer.text, answer.headers.get('connection'), service.application.active]).to.deep.equal([
      '"done"',
      'close',
      0,
    ])
    await service.close()
  })
})
