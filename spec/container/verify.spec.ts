import { expect } from 'chai'
import { DefinitionError, Mistakes } from 'plinth'
import { Container, type Provided, token } from 'plinth/container'
import { inject, injectable, Lifecycle, scoped, singleton } from 'tsyringe'

@scoped(Lifecycle.ContainerScoped)
class RequestLog {}

@injectable()
class Reporter {
  constructor(readonly log: RequestLog) {}
}

@singleton()
class Scheduler {
  constructor(readonly reporter: Reporter) {}
}

interface Mailer {
  send(): void
}
const mailer = token<Mailer>('mailer')

class Untyped {
  constructor(readonly log: RequestLog) {}
}

class OwnConstructor extends Reporter {
  constructor(
    log: RequestLog,
    readonly extra: Untyped,
  ) {
    super(log)
  }
}

function mistakesOf(...providers: readonly Provided[]) {
  const mistakes = new Mistakes()
  new Container({ providers }).verify([], mistakes)
  return mistakes.found
}

describe('What a container verifies at boot', () => {
  it('finds nothing wrong with what can be made', () => {
    expect(mistakesOf(Reporter, RequestLog, { provide: mailer, useValue: { send: () => {} } })).to.deep.equal([])
  })

  it('shows the way from what lives long to what belongs to one request', () => {
    expect(mistakesOf(Scheduler)).to.deep.equal([
      {
        code: 'E_CAPTIVE_DEPENDENCY',
        subject: 'Scheduler',
        problem: 'lives as long as the application but holds RequestLog, which lives for one request.',
        places: ['Scheduler -> Reporter -> RequestLog'],
        remedy: 'Give Scheduler the lifetime "request", or hand it what it needs from the request as an argument.',
      },
    ])
  })

  it('reports a captive once, where it is held', () => {
    @singleton()
    class Above {
      constructor(readonly scheduler: Scheduler) {}
    }
    const found = mistakesOf(Above, { provide: mailer, useClass: MailerWithLog, lifetime: 'singleton' })
    expect(found.map(({ code, places }) => [code, ...places])).to.have.deep.members([
      ['E_CAPTIVE_DEPENDENCY', 'Scheduler -> Reporter -> RequestLog'],
      ['E_CAPTIVE_DEPENDENCY', 'mailer -> RequestLog'],
    ])
  })

  it('asks for @injectable() where the types of parameters are not recorded', () => {
    for (const Class of [Untyped, OwnConstructor]) {
      expect(mistakesOf(Class)).to.deep.equal([
        {
          code: 'E_CONSTRUCTOR_TYPES',
          subject: Class.name,
          problem: 'its constructor has parameters, but their types are not known when the program runs.',
          places: [],
          remedy:
            'Write @injectable() above the class, also where a class it extends has one. Where the compiler records no ' +
            'types, as esbuild and tsx, write @inject(…) before each parameter.',
        },
      ])
    }
  })

  it('takes what @inject says where the compiler recorded no types', () => {
    class Told {
      constructor(
        readonly log: RequestLog,
        readonly extra: Untyped,
      ) {}
    }
    inject(RequestLog)(Told, undefined, 0)
    expect(mistakesOf(Told).map(({ code }) => code)).to.deep.equal(['E_CONSTRUCTOR_TYPES'])
    inject(Reporter)(Told, undefined, 1)
    expect(mistakesOf(Told)).to.deep.equal([])
  })

  it('names the parameter that nothing can be found for, and why', () => {
    @injectable()
    class Careless {
      constructor(
        readonly mailer: Mailer,
        readonly retries: number,
        @inject(mailer) readonly other: Mailer,
        @inject('queue') readonly queue: object,
      ) {}
    }
    const found = mistakesOf(Careless)
    expect(found.map(({ code, subject }) => `${code} ${subject}`)).to.deep.equal(
      Array(4).fill('E_UNKNOWN_DEPENDENCY Careless'),
    )
    expect(found.map(({ problem }) => problem)).to.deep.equal([
      'parameter 1 of its constructor is Object when the program runs: interfaces and primitive types leave nothing to look up.',
      'parameter 2 of its constructor is Number when the program runs: interfaces and primitive types leave nothing to look up.',
      'parameter 3 of its constructor asks for "mailer", which nothing provides.',
      'parameter 4 of its constructor asks for "queue", which nothing provides.',
    ])
  })

  it('recognises a class that did not exist yet', () => {
    class Late {}
    const types: unknown = [undefined]
    Reflect.defineMetadata('design:paramtypes', types, Late)
    Object.defineProperty(Late, 'length', { value: 1 })
    expect(mistakesOf(Late).map(({ remedy }) => remedy)).to.deep.equal([
      'Two files import one another. Write @inject(delay(() => ThatClass)) before the parameter.',
    ])
  })

  it('shows a circle', () => {
    @injectable()
    class First {
      constructor(@inject('second') readonly second: object) {}
    }
    @injectable()
    class Second {
      constructor(readonly first: First) {}
    }
    expect(mistakesOf(First, { provide: 'second' as never, useClass: Second })).to.deep.equal([
      {
        code: 'E_DEPENDENCY_CIRCLE',
        subject: 'First',
        problem: 'cannot be constructed, because it needs itself.',
        places: ['First -> second -> First'],
        remedy: 'Take what they share out into a third class, or write @inject(delay(() => Other)) on one of them.',
      },
    ])
  })

  it('verifies what is asked for later, and throws every mistake at once', () => {
    @singleton()
    class Bad {
      constructor(
        readonly reporter: Reporter,
        @inject(mailer) readonly mailer: Mailer,
      ) {}
    }
    const container = new Container()
    for (const ask of [() => container.resolve(Bad), () => container.get(Bad, {})]) {
      expect(ask)
        .to.throw(DefinitionError)
        .with.property('mistakes')
        .that.satisfies((found: readonly { code: string }[]) => {
          expect(found.map(({ code }) => code)).to.have.members(['E_CAPTIVE_DEPENDENCY', 'E_UNKNOWN_DEPENDENCY'])
          return true
        })
    }
  })
})

@injectable()
class MailerWithLog implements Mailer {
  constructor(readonly log: RequestLog) {}
  send(): void {}
}
