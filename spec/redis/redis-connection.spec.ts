import { expect } from 'chai'
import { RedisConnection, type RedisOptions, silentLogger } from 'plinth'
import { describeWithRedis, type PrivateRedis, privateRedis, TcpProxy, until } from '../support/redis.js'

describeWithRedis('RedisConnection', function () {
  let redis: PrivateRedis
  let connection: RedisConnection
  let proxy: TcpProxy | undefined

  const connect = (url = redis.url, options: Partial<RedisOptions> = {}): RedisConnection => {
    connection = new RedisConnection({ url, probeInterval: 50, ...options }, silentLogger)
    return connection
  }
  // However busy the machine is.
  const patiently = { commandTimeout: 10_000 }
  const read = (): Promise<string | null> => connection.run((client) => client.get('key'))
  /** What becomes of a command: its result, or the name of its error. */
  const outcome = (): Promise<unknown> => read().catch((error: Error) => error.name)
  const works = async (): Promise<boolean> => (await outcome()) === 'value'

  beforeEach(async () => {
    redis = await privateRedis()
  })

  afterEach(async () => {
    connection.close()
    await proxy?.close()
    proxy = undefined
    await redis.stop()
  })

  const write = (): Promise<unknown> => connection.run((client) => client.set('key', 'value'))
  const written = (): Promise<void> => until(async () => (await write().catch(() => undefined)) === 'OK')

  it('waits for its first connection no longer than for a command', async () => {
    await redis.start()
    connect(redis.url, patiently)
    await write()
    expect(await read()).to.equal('value')
  })

  it('fails at once while there is no server, and connects when there is one', async () => {
    connect()
    expect(await Promise.all(Array.from({ length: 5 }, outcome))).to.deep.equal(
      Array.from({ length: 5 }, () => 'RedisUnavailableError'),
    )
    expect(connection.isAvailable).to.equal(false)
    await redis.start()
    await until(() => connection.isAvailable)
    await write()
    expect(await read()).to.equal('value')
  })

  it('recovers from a server that was killed and started again', async () => {
    await redis.start()
    connect()
    await written()
    await redis.stop()
    expect(await outcome()).to.equal('RedisUnavailableError')
    await redis.start()
    await until(async () => (await outcome()) === null)
    await write()
    expect(await read()).to.equal('value')
  })

  it('gives a frozen server up, says so once, and hears when it is back', async () => {
    await redis.start()
    connect()
    await written()
    let back = 0
    connection.onBack(() => {
      back += 1
    })
    redis.freeze()
    expect(await Promise.all([outcome(), outcome(), outcome()])).to.deep.equal(
      Array.from({ length: 3 }, () => 'RedisUnavailableError'),
    )
    expect(connection.isAvailable).to.equal(false)
    redis.thaw()
    await until(works)
    expect(back).to.equal(1)
  })

  it('connects again where a connection is cut, slow or silent', async () => {
    await redis.start()
    proxy = new TcpProxy(redis.port)
    connect(`redis://127.0.0.1:${await proxy.listen()}`)
    await written()
    proxy.cut()
    await until(works)
    proxy.delay = 300
    expect(await outcome()).to.equal('RedisUnavailableError')
    proxy.delay = 0
    await until(works)
    // What was swallowed on this connection never comes; only another connection helps.
    proxy.silent = true
    expect(await Promise.all([outcome(), outcome(), outcome()])).to.include('RedisUnavailableError')
    proxy.silent = false
    await until(works)
  })

  it('throws what the server refuses as it is, and does not take that for an absence', async () => {
    await redis.start()
    connect()
    await written()
    for (let times = 0; times < 5; times += 1) {
      const refusal = await connection
        .run((client) => client.eval('return redis.call("HGET", KEYS[1], "a")', { keys: ['key'], arguments: [] }))
        .catch((error: Error) => error)
      expect((refusal as Error).message).to.match(/WRONGTYPE/)
    }
    expect(connection.isAvailable).to.equal(true)
  })

  it('takes no commands once it is closed', async () => {
    await redis.start()
    connect(redis.url, patiently)
    await write()
    connection.close()
    expect(await outcome()).to.equal('RedisUnavailableError')
  })
})
