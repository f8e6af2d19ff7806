import { Container, providers, token } from 'plinth/container'

interface Mailer {
  readonly sender: string
}
abstract class Clock {
  abstract now(): Date
}
class SystemClock extends Clock {
  now = (): Date => new Date()
}
class NoClock {}
const mailer = token<Mailer>('mailer')

export const right = providers([
  SystemClock,
  { provide: Clock, useClass: SystemClock, lifetime: 'singleton' },
  { provide: mailer, useValue: { sender: 'a@b.c' } },
  { provide: mailer, useFactory: ({ resolve }) => ({ sender: resolve(Clock).now().toISOString() }) },
])

const container = new Container({ providers: right })
export const resolved: Mailer = container.resolve(mailer)
export const clock: Clock = container.resolve(Clock)

// @ts-expect-error: a token gives what it was made for
export const wrong: number = container.resolve(mailer)
// @ts-expect-error: the value is not a Mailer
providers([{ provide: mailer, useValue: { sender: 1 } }])
// @ts-expect-error: the class is not a Clock
providers([{ provide: Clock, useClass: NoClock }])
// @ts-expect-error: the factory makes no Mailer
providers([{ provide: mailer, useFactory: () => 1 }])
// @ts-expect-error: there is no such lifetime
providers([{ provide: Clock, useClass: SystemClock, lifetime: 'scoped' }])
// @ts-expect-error: nothing is used
providers([{ provide: mailer }])
// @ts-expect-error: an abstract class cannot be constructed
providers([{ provide: Clock, useClass: Clock }])
// @ts-expect-error: a value has no lifetime
providers([{ provide: mailer, useValue: { sender: '' }, lifetime: 'request' }])
