// The bodies that the benches send: kinds that honest clients send, about a kilobyte each.

const fill = (unit, length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);

const sentence =
  'The parcel was handed over on Tuesday, and the neighbours, who had waited for it since spring, opened it at once. ';
const quoted =
  'It\'s a fine day; we\'ll see whether the "blue" one arrives (or not) before the weekend & so on. ';
const program = `function total(items) {
  let sum = 0;
  for (const item of items) {
    if (item.price > 0 && item.count > 0) sum += item.price * item.count;
  }
  return sum; // cents
}
`;

const line = (position) => ({
  sku: `SKU-${position}A-77-B`,
  name: `Cotton shirt, blue, size ${position}`,
  quantity: position,
  price: '19.90',
  vat: '23%',
  tags: ['new', 'sale'],
});

export const order = {
  orderNumber: 'ORD-2024-118822',
  placedAt: '2024-05-17T09:31:22.114Z',
  currency: 'EUR',
  status: 'paid',
  customer: {
    id: '018f8a52-7c1e-7d42-9a0b-2f4c6f1f9a11',
    firstName: 'Grace',
    lastName: "O'Neill",
    email: 'grace.oneill@example.com',
    phone: '+351 912 345 678',
    locale: 'pt-PT',
    company: 'Neill & Sons Ltd.',
  },
  shipTo: {
    street: 'Rua das Flores 12, 3.º Esq.',
    city: 'Lisboa',
    zip: '1200-195',
    country: 'PT',
    note: 'Ring twice (door is at the back)',
  },
  lines: [1, 2, 3, 4].map(line),
  payment: { method: 'card', brand: 'visa', last4: '4242', reference: 'pi_3OqJ2e2eZvKYlo2C' },
  coupon: 'SPRING-24',
  source: 'https://shop.example.com/checkout?step=3&lang=pt',
};

export const signIn = { email: 'grace.oneill@example.com', password: 'correct horse battery' };

export const bodies = {
  prose: { text: fill(sentence, 1_000) },
  'prose with quotes and brackets': { text: fill(quoted, 1_000) },
  'an order, some forty short fields': order,
  'forty fields, a word each': Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`field${index}`, ['Lisboa', 'pending'][index % 2]]),
  ),
  'a sign-in': signIn,
  'program code': { source: fill(program, 1_000) },
  'prose, 64 KB': { text: fill(sentence, 65_000) },
  'two hundred lines, 64 KB': {
    lines: Array.from({ length: 200 }, (_, index) => ({
      sku: `SKU-${index}A-77-B`,
      name: fill(sentence, 120),
      note: fill(quoted, 160),
    })),
  },
  'prose, 1 MB': { text: fill(sentence, 1_000_000) },
};
