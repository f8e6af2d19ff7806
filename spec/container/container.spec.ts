import { expect } from 'chai'
import { ConflictError, Mistakes, silentLogger } from 'plinth'
import { Container, type Disposable, providers, type Resolver, token } from 'plinth/container'
import {
  delay,
  type InjectionToken,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  container as processWide,
  scoped,
  singleton,
} from 'tsyringe'

interface Mailer {
  readonly sender: string
}

const mailer = token<Mailer>('mailer')

@injectable()
class Counter {
  count = 0
}

@injectable()
class Signup {
  constructor(
    readonly counter: Counter,
    @inject(mailer) readonly mailer: Mailer,
  ) {}
}

@singleton()
class Cache {
  readonly entries = new Map<string, string>()
}

@scoped(Lifecycle.ContainerScoped)
class RequestLog implements Disposable {
  static readonly disposed: RequestLog[] = []
  constructor(readonly cache: Cache) {}
  dispose(): void {
    RequestLog.disposed.push(this)
  }
}

describe('Container', () => {
  it('makes classes from what their constructors ask for, by class and by token', () => {
    const container = new Container({ providers: [{ provide: mailer, useValue: { sender: 'a@b.c' } }] })
    const signup = container.resolve(Signup)
    expect(signup.counter).to.be.instanceOf(Counter)
    expect(signup.mailer).to.deep.equal({ sender: 'a@b.c' })
  })

  it('makes what it was not given anew each time, and what it was given once', () => {
    const value = { provide: mailer, useValue: { sender: 'a@b.c' } }
    const stranger = new Container({ providers: [value] })
    expect(stranger.resolve(Signup)).to.not.equal(stranger.resolve(Signup))
    const given = new Container({ providers: [value, Counter, Signup] })
    expect(given.resolve(Signup)).to.equal(given.resolve(Signup))
    expect(given.resolve(Signup).counter).to.equal(given.resolve(Counter))
    stranger.verify([Signup], new Mistakes())
    expect(stranger.resolve(Signup)).to.equal(stranger.resolve(Signup))
    expect([stranger.lifetimeOf(Signup), stranger.lifetimeOf(Counter)]).to.deep.equal(['singleton', 'transient'])
  })

  it('provides classes and factories under keys, with the lifetime they ask for', () => {
    abstract class Numbers {
      abstract next(): number
    }
    @injectable()
    class Even extends Numbers {
      #last = 0
      next = (): number => (this.#last += 2)
    }
    const suffix = token<string>('suffix')
    let made = 0
    const container = new Container({
      providers: providers([
        { provide: Numbers, useClass: Even },
        {
          provide: suffix,
          useFactory: (resolver) => `${resolver.resolve(Numbers).next()}#${++made}`,
          lifetime: 'transient',
        },
      ]),
    })
    expect([container.resolve(suffix), container.resolve(suffix)]).to.deep.equal(['2#1', '4#2'])
  })

  it('lets the last of several providers win, and injects all of them where that is asked', () => {
    const rule = token<string>('rule')
    @injectable()
    class Rules {
      constructor(
        @inject(rule) readonly last: string,
        @injectAll(rule) readonly every: readonly string[],
      ) {}
    }
    const values = ['a', 'b', 'c'].map((useValue) => ({ provide: rule, useValue }))
    const { last, every } = new Container({ providers: values }).resolve(Rules)
    expect({ last, every }).to.deep.equal({ last: 'c', every: ['a', 'b', 'c'] })
  })

  it('leaves out what is optional and not provided', () => {
    @injectable()
    class Lonely {
      constructor(@inject(mailer, { isOptional: true }) readonly mailer: Mailer | undefined) {}
    }
    expect(new Container().resolve(Lonely).mailer).to.equal(undefined)
  })

  it('constructs a subclass without a constructor like its base, whether it is decorated or not', () => {
    class Undecorated extends Signup {}
    @injectable()
    class Decorated extends Undecorated {
      readonly extra = 1
    }
    const container = new Container({ providers: [{ provide: mailer, useValue: { sender: 'a@b.c' } }] })
    for (const Class of [Undecorated, Decorated]) {
      const made = container.resolve(Class)
      expect(made).to.be.instanceOf(Class)
      expect([made.counter.count, made.mailer.sender]).to.deep.equal([0, 'a@b.c'])
    }
  })

  it('knows the tokens of a base that is not decorated itself', () => {
    abstract class Base {
      constructor(@inject(mailer) readonly mailer: Mailer) {}
    }
    @injectable()
    class Derived extends Base {}
    const container = new Container({ providers: [{ provide: mailer, useValue: { sender: 'a@b.c' } }] })
    expect(container.resolve(Derived).mailer.sender).to.equal('a@b.c')
  })

  it('breaks a circle where one side is delayed', () => {
    @injectable()
    class Left {
      constructor(@inject(delay(() => Right)) readonly right: { readonly name: string }) {}
    }
    @injectable()
    class Right {
      readonly name = 'right'
      constructor(readonly left: Left) {}
    }
    const container = new Container({ providers: [Left, Right] })
    expect(container.resolve(Left).right.name).to.equal('right')
    expect(container.resolve(Right).left).to.equal(container.resolve(Left))
  })

  it('throws what a constructor threw, however deep it stands', () => {
    const refused = new ConflictError('taken')
    @injectable()
    class Inner {
      constructor() {
        throw refused
      }
    }
    @injectable()
    class Middle {
      constructor(readonly inner: Inner) {}
    }
    @injectable()
    class Outer {
      constructor(readonly middle: Middle) {}
    }
    const container = new Container()
    for (const Class of [Inner, Middle, Outer]) {
      expect(() => container.resolve(Class))
        .to.throw()
        .that.equals(refused)
    }
    const other = new TypeError('another')
    const fallback = token<string>('fallback')
    const tryOuter = ({ resolve }: Resolver): string => {
      expect(() => resolve(Outer))
        .to.throw()
        .that.equals(refused)
      throw other
    }
    const stubborn = new Container({ providers: [{ provide: fallback, useFactory: tryOuter }] })
    expect(() => stubborn.resolve(fallback))
      .to.throw()
      .that.equals(other)
  })
})

describe('Lifetimes', () => {
  it('gives each application its own singletons, also where tsyringe made them process-wide', () => {
    const [one, two] = [new Container(), new Container()]
    expect(one.resolve(Cache)).to.equal(one.resolve(Cache))
    expect(one.resolve(Cache)).to.not.equal(two.resolve(Cache))
    one.resolve(Cache).entries.set('a', '1')
    expect([two.resolve(Cache).entries.size, processWide.resolve(Cache).entries.size]).to.deep.equal([0, 0])
    expect(one.resolve(Cache)).to.not.equal(processWide.resolve(Cache))
  })

  it('neither reads nor fills the process-wide container', () => {
    processWide.register('greeting', { useValue: 'hello' })
    const container = new Container({ providers: [Counter, Signup, { provide: mailer, useValue: { sender: '' } }] })
    container.resolve(Signup)
    const keys: readonly InjectionToken[] = [Counter, Signup, mailer]
    expect(keys.filter((key) => processWide.isRegistered(key))).to.deep.equal([])
    const greeting = 'greeting' as never
    expect(() => container.resolve(greeting)).to.throw('greeting: was asked for, but nothing provides it.')
  })

  it('makes what lives for a request once for each request, from the singletons of the application', () => {
    const container = new Container()
    const [one, two] = [{}, {}]
    const log = container.get(RequestLog, one)
    expect(container.get(RequestLog, one)).to.equal(log)
    expect(container.get(RequestLog, two)).to.not.equal(log)
    expect(container.get(RequestLog, two).cache).to.equal(log.cache)
    expect(log.cache).to.equal(container.resolve(Cache))
  })

  it('refuses to make what lives for a request outside of one', () => {
    const late = token<RequestLog>('late')
    const useFactory = ({ resolve }: Resolver): RequestLog => resolve(RequestLog)
    const container = new Container({ providers: [{ provide: late, useFactory }] })
    const message = 'RequestLog lives for one request and was asked for outside of any.'
    expect(() => container.resolve(RequestLog)).to.throw(message)
    expect(() => container.resolve(late)).to.throw(message)
    const scopedFactory = new Container({ providers: [{ provide: late, useFactory, lifetime: 'request' }, Holder] })
    const request = {}
    expect(scopedFactory.get(Holder, request).log).to.equal(scopedFactory.get(RequestLog, request))
  })

  it('lets what has no lifetime live as long as what it is built from', () => {
    @injectable()
    class Reporter {
      constructor(readonly log: RequestLog) {}
    }
    @injectable()
    class Page {
      constructor(readonly reporter: Reporter) {}
    }
    const container = new Container({ providers: [{ provide: mailer, useValue: { sender: '' } }] })
    container.verify([Page, Signup], new Mistakes())
    expect([Page, Signup, Cache, RequestLog].map((target) => container.lifetimeOf(target))).to.deep.equal([
      'request',
      'singleton',
      'singleton',
      'request',
    ])
    const request = {}
    expect(container.get(Page, request)).to.equal(container.get(Page, request))
    expect(container.get(Page, request).reporter.log).to.equal(container.get(RequestLog, request))
    expect(container.get(Page, {})).to.not.equal(container.get(Page, request))
    expect(container.get(Signup, {})).to.equal(container.get(Signup, {}))
  })

  it('disposes of what was made for a request when it ends, and makes nothing more for it', async () => {
    const container = new Container()
    const request = {}
    const log = container.get(RequestLog, request)
    container.end({})
    expect(RequestLog.disposed).to.not.include(log)
    container.end(request)
    container.end(request)
    expect(RequestLog.disposed.filter((each) => each === log)).to.have.length(1)
    expect(() => container.get(Counter, request)).to.throw('Counter was asked for after what it belongs to had ended.')
  })

  it('disposes of singletons when it closes, the youngest first, also where one fails', async () => {
    const order: string[] = []
    const failures: unknown[] = []
    @singleton()
    class Pool {
      dispose = async (): Promise<void> => void order.push('Pool')
    }
    @singleton()
    class Broken {
      constructor(readonly pool: Pool) {}
      dispose(): void {
        order.push('Broken')
        throw new Error('stuck')
      }
    }
    @singleton()
    class Worker {
      constructor(readonly broken: Broken) {}
      dispose(): void {
        order.push('Worker')
      }
    }
    const logger = { ...silentLogger, error: (message: string) => failures.push(message) }
    const container = new Container({ logger })
    container.get(Worker, {})
    await container.close()
    await container.close()
    expect(order).to.deep.equal(['Worker', 'Broken', 'Pool'])
    expect(failures).to.deep.equal(['Broken could not be disposed of.'])
  })
})

@injectable()
class Holder {
  constructor(readonly log: RequestLog) {}
}
