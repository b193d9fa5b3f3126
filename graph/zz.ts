import { scan, trace, scalar, vector, matrix, subtract, multiply, grad, add, sin, sum, matmul, square, jvp, vjp, hvp, valueAndGrad, tanh, compile } from "./index.js";
const decay = trace({ k: scalar(), y0: scalar() }, ({ k, y0 }) =>
  scan((y) => subtract(y, multiply(0.01, multiply(k, y))), y0, { length: 100 }).last);
console.log(decay({k:2,y0:3}), 3*Math.pow(0.98,100));
console.log(grad(decay as any)({k:2,y0:3}), -3*100*0.01*Math.pow(0.98,99), Math.pow(0.98,100));
const g2 = grad(trace({k:scalar(),y0:scalar()}, (i:any)=> (grad(decay as any, "k") as any)(i).k) as any);
console.log(g2({k:2,y0:3}), 3*99*100*1e-4*Math.pow(0.98,98), -Math.pow(0.98,99));
console.log((jvp(decay as any) as any)({k:2,y0:3,"tangent.k":1,"tangent.y0":0}));
const rnn = trace({W: matrix(2,2), U: matrix(2,3), x: matrix(4,3), h0: vector(2)}, ({W,U,x,h0}) => sum(square(scan((h: any, row: any) => tanh(add(matmul(W,h), matmul(U,row))) as any, h0, {xs: x}).history as any)) as any);
const plain = trace({W: matrix(2,2), U: matrix(2,3), x: matrix(4,3), h0: vector(2)}, ({W,U,x,h0}) => { let h: any = h0; let t: any = 0; for (const row of x as any) { h = tanh(add(matmul(W,h), matmul(U,row))); t = add(t, sum(square(h))); } return t; });
const at = {W:[[.1,.2],[.3,-.4]],U:[[1,2,3],[-1,0,1]],x:[[.1,.2,.3],[.4,-.5,.6],[.7,.8,-.9],[1,0,.3]],h0:[.3,.7]};
console.log(valueAndGrad(rnn as any)(at as any)); console.log(valueAndGrad(plain as any)(at as any));
