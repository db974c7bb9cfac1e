import 'reflect-metadata';
import { SetMetadata } from '@nestjs/common';

export const GUARD_EXEMPT = Symbol('exempt from the request guard');
export const OPEN_TO_BLOCKED = Symbol('open to blocked clients');
const TREATMENT = Symbol('treatment by the request guard');

/** What the guard does with a text. `plain` is everything; `markup` leaves markup alone; `raw` is nothing. */
export type Treatment = 'plain' | 'markup' | 'raw';

/** The guard leaves a route, or all of a controller, alone; blocked clients may call it too. */
export const GuardExempt = () => SetMetadata(GUARD_EXEMPT, true);

/**
 * Blocked clients may call the route, or all of a controller: an operator who shares an address with an
 * attacker has to go on. What they send is looked at as ever.
 */
export const OpenToBlocked = () => SetMetadata(OPEN_TO_BLOCKED, true);

/** The field takes HTML: it is neither reported nor neutralised. Whoever shows it must sanitise it. */
export const AcceptsMarkup = (): PropertyDecorator => treat('markup');

/** The field is taken as it came, like a password: not even normalised. Holds for all below it. */
export const Raw = (): PropertyDecorator => treat('raw');

function treat(treatment: Treatment): PropertyDecorator {
  return (target, property) => Reflect.defineMetadata(TREATMENT, treatment, target, property);
}

/** What a DTO's property is decorated with, its parents' properties included. */
export function declaredTreatment(prototype: object, property: string): Treatment | undefined {
  return Reflect.getMetadata(TREATMENT, prototype, property) as Treatment | undefined;
}
