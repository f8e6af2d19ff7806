import { anyone, ModelViewSet, Serializer } from 'plinth'
import { token } from 'plinth/container'

export declare class City {
  id: number
  name: string
}

class CitySerializer extends Serializer(City, { fields: ['id', 'name'] }) {}

export class CityViewSet extends ModelViewSet(City, { serializer: CitySerializer, permissions: { '*': anyone } }) {}

export interface Mailer {
  send(to: string): Promise<void>
}

export const mailer = token<Mailer>('mailer')

export declare class SmtpMailer implements Mailer {
  send(to: string): Promise<void>
}
