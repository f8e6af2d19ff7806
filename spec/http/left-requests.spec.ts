import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { expect } from 'chai'
import { IsString } from 'class-validator'
import { anyone, type Logger, Reply, ViewSet } from 'plinth'
import { Action, Allow, LogRequest, Resource } from 'plinth/decorators'
import { Get } from 'routing-controllers'
import { describeOnDrivers, type Service } from '../support/http.js'
import { until } from '../support/redis.js'

class Text {
  @IsString() text!: string
}

const gate = new EventEmitter()
const streams: Readable[] = []
const largeText = 'x'.repeat(1_000_000)
let large = 0
const streamed = (): Readable => {
  const stream = Readable.from(['a', 'b'])
  streams.push(stream)
  return stream
}

@Resource('/left')
@LogRequest()
class LeftViewSet extends ViewSet {
  @Action({ method: 'get', on: 'collection', path: '', allow: anyone })
  async slow(): Promise<Reply> {
    await once(gate, 'open')
    return Reply.json('done')
  }

  @Action({ method: 'get', on: 'collection', path: 'large', allow: anyone })
  large(): Reply {
    large += 1
    return Reply.json(largeText)
  }

  @Action({ method: 'post', on: 'collection', path: '', body: Text, allow: anyone })
  create(): Reply {
    return Reply.empty()
  }

  @Get('/stream')
  @Allow(anyone)
  stream(): Readable {
    return streamed()
  }

  @Get('/late-stream')
  @Allow(anyone)
  async lateStream(): Promise<Readable> {
    await once(gate, 'open')
    return streamed()
  }
}

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
const authenticate = async () => {
  await new Promise((resolve) => setTimeout(resolve, 20))
  return null
}

describeOnDrivers('Requests whose callers have left', ({ serve }) => {
  const logged: { readonly level: string; readonly message: string; readonly aborted: unknown }[] = []
  const log =
    (level: string): Logger['info'] =>
    (message, fields) =>
      void logged.push({ level, message, aborted: fields?.['aborted'] })
  const child = (): Logger => logger
  const logger: Logger = { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error'), child }
  const begun = (count: number) => until(() => service.application.active === count)
  let service: Service

  before(async () => {
    service = await serve({ viewSets: [LeftViewSet], logger, authenticate })
  })
  beforeEach(() => {
    logged.splice(0)
    large = 0
  })
  after(() => service?.close())

  it('end with their connection, and those that wait behind others on it do not begin', async () => {
    const socket = service.socket()
    socket.write(['/left', '/left/stream', '/left'].map(request).join(''))
    await until(() => gate.listenerCount('open') === 1)
    socket.destroy()
    await begun(0)
    gate.emit('open')
    await new Promise(setImmediate)
    expect(streams).to.deep.equal([])
    expect(logged.map(({ message, aborted }) => `${message} ${String(aborted)}`)).to.deep.equal(['request true'])
  })

  it('leave nothing in memory but the answer in front, however many they have sent at once', async () => {
    const socket = service.socket().pause()
    socket.write(request('/left/large').repeat(60))
    await until(() => large > 0)
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(large).to.be.lessThan(20)
    let read = 0
    socket.on('data', ({ length }: Buffer) => (read += length)).resume()
    await until(() => large === 60 && read > 60 * largeText.length)
    socket.destroy()
    await begun(0)
  })

  it('get no stream, which is closed', async () => {
    const socket = service.socket()
    socket.write(request('/left/late-stream'))
    await begun(1)
    await until(() => gate.listenerCount('open') === 1)
    socket.destroy()
    await begun(0)
    gate.emit('open')
    await until(() => streams.length === 1)
    await new Promise(setImmediate)
    expect(streams.splice(0).map(({ destroyed }) => destroyed)).to.deep.equal([true])
  })

  it('are nobody’s fault where they leave before their body is read', async () => {
    const socket = service.socket()
    const type = 'Content-Type: application/json'
    socket.write(`POST /left HTTP/1.1\r\nHost: x\r\n${type}\r\nContent-Length: 100\r\n\r\n{"text"`)
    await begun(1)
    socket.destroy()
    await begun(0)
    await new Promise((resolve) => setTimeout(resolve, 40))
    expect(logged.filter(({ level }) => level === 'error')).to.deep.equal([])
  })

  it('keep no application from its end, where others wait behind them', async () => {
    const socket = service.socket()
    socket.resume().write(['/left', '/left'].map(request).join(''))
    await until(() => gate.listenerCount('open') === 1)
    const drained = service.application.drain()
    gate.emit('open')
    await drained
    expect(logged.map(({ aborted }) => aborted)).to.deep.equal([undefined])
  })
})
