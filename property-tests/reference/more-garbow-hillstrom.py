# The problems of Moré, Garbow and Hillstrom by the formulas of the paper, in 60 digits: `python more-garbow-hillstrom.py`
# prints the values at the starts that more-garbow-hillstrom.json holds. Its minima are Newton's method in the same arithmetic,
# from where SciPy's least_squares ends, on the coordinates that no bound holds.
import mpmath as mp, json, sys
mp.mp.dps=60
M=mp.mpf
def S(s): return [M(v) for v in s.split()]
BARD=S("0.14 0.18 0.22 0.25 0.29 0.32 0.35 0.39 0.37 0.58 0.73 0.96 1.34 2.10 4.39")
GAUSS=S("0.0009 0.0044 0.0175 0.0540 0.1295 0.2420 0.3521 0.3989 0.3521 0.2420 0.1295 0.0540 0.0175 0.0044 0.0009")
MEYER=S("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872")
KOWY=S("0.1957 0.1947 0.1735 0.1600 0.0844 0.0627 0.0456 0.0342 0.0323 0.0235 0.0246")
KOWU=S("4 2 1 0.5 0.25 0.167 0.125 0.1 0.0833 0.0714 0.0625")
OSB1=S("0.844 0.908 0.932 0.936 0.925 0.908 0.881 0.850 0.818 0.784 0.751 0.718 0.685 0.658 0.628 0.603 0.580 0.558 0.538 0.522 0.506 0.490 0.478 0.467 0.457 0.448 0.438 0.431 0.424 0.420 0.414 0.411 0.406")
OSB2=S("1.366 1.191 1.112 1.013 0.991 0.885 0.831 0.847 0.786 0.725 0.746 0.679 0.608 0.655 0.616 0.606 0.602 0.626 0.651 0.724 0.649 0.649 0.694 0.644 0.624 0.661 0.612 0.558 0.533 0.495 0.500 0.423 0.395 0.375 0.372 0.391 0.396 0.405 0.428 0.429 0.523 0.562 0.607 0.653 0.672 0.708 0.633 0.668 0.645 0.632 0.591 0.559 0.597 0.625 0.739 0.710 0.729 0.720 0.636 0.581 0.428 0.292 0.162 0.098 0.054")
e=mp.exp
def helical(x):
  th=mp.atan(x[1]/x[0])/(2*mp.pi)+(M(1)/2 if x[0]<0 else 0)
  return [10*(x[2]-10*th),10*(mp.sqrt(x[0]**2+x[1]**2)-1),x[2]]
def watson(x):
  n=len(x); r=[]
  for i in range(1,30):
    t=M(i)/29
    r.append(sum((j)*x[j]*t**(j-1) for j in range(1,n))-sum(x[j]*t**j for j in range(n))**2-1)
  return r+[x[0],x[1]-x[0]**2-1]
def gulf(x,m=99):
  r=[]
  for i in range(1,m+1):
    t=M(i)/100; y=25+(-50*mp.log(t))**(M(2)/3)
    r.append(e(-abs(y-x[1])**x[2]/x[0])-t)
  return r
def biggs(x):
  r=[]
  for i in range(1,14):
    t=M(i)/10; y=e(-t)-5*e(-10*t)+3*e(-4*t)
    r.append(x[2]*e(-t*x[0])-x[3]*e(-t*x[1])+x[5]*e(-t*x[4])-y)
  return r
def exrosen(x): 
  r=[]
  for i in range(0,len(x),2): r+=[10*(x[i+1]-x[i]**2),1-x[i]]
  return r
def powells(x):
  r=[]
  for i in range(0,len(x),4):
    a,b,c,d=x[i:i+4]; r+=[a+10*b,mp.sqrt(5)*(c-d),(b-2*c)**2,mp.sqrt(10)*(a-d)**2]
  return r
def pen1(x): a=mp.sqrt(M('1e-5')); return [a*(v-1) for v in x]+[sum(v*v for v in x)-M(1)/4]
def pen2(x):
  n=len(x); a=mp.sqrt(M('1e-5')); r=[x[0]-M('0.2')]
  for i in range(2,n+1): r.append(a*(e(x[i-1]/10)+e(x[i-2]/10)-(e(M(i)/10)+e(M(i-1)/10))))
  for i in range(n+1,2*n): r.append(a*(e(x[i-n]/10)-e(-M(1)/10)))
  return r+[sum((n-j+1)*x[j-1]**2 for j in range(1,n+1))-1]
def vardim(x):
  s=sum((j+1)*(v-1) for j,v in enumerate(x)); return [v-1 for v in x]+[s,s*s]
def trig(x):
  n=len(x); c=sum(mp.cos(v) for v in x); return [n-c+(i+1)*(1-mp.cos(x[i]))-mp.sin(x[i]) for i in range(n)]
def brownal(x):
  n=len(x); s=sum(x); p=mp.mpf(1)
  for v in x: p*=v
  return [x[i]+s-(n+1) for i in range(n-1)]+[p-1]
def dbv(x):
  n=len(x); h=M(1)/(n+1); X=[M(0)]+list(x)+[M(0)]
  return [2*X[i]-X[i-1]-X[i+1]+h*h*(X[i]+i*h+1)**3/2 for i in range(1,n+1)]
def die(x):
  n=len(x); h=M(1)/(n+1); t=[(i+1)*h for i in range(n)]; q=[(x[j]+t[j]+1)**3 for j in range(n)]
  return [x[i]+h/2*((1-t[i])*sum(t[j]*q[j] for j in range(i+1))+t[i]*sum((1-t[j])*q[j] for j in range(i+1,n))) for i in range(n)]
def broytri(x):
  n=len(x); X=[M(0)]+list(x)+[M(0)]
  return [(3-2*X[i])*X[i]-X[i-1]-2*X[i+1]+1 for i in range(1,n+1)]
def broyband(x):
  n=len(x); r=[]
  for i in range(n): r.append(x[i]*(2+5*x[i]**2)+1-sum(x[j]*(1+x[j]) for j in range(max(0,i-5),min(n-1,i+1)+1) if j!=i))
  return r
def linfr(x,m=20):
  n=len(x); s=sum(x); return [x[i]-2*s/m-1 for i in range(n)]+[-2*s/m-1]*(m-n)
def linr1(x,m=20):
  s=sum((j+1)*v for j,v in enumerate(x)); return [(i+1)*s-1 for i in range(m)]
def linr1z(x,m=20):
  n=len(x); s=sum((j+1)*x[j] for j in range(1,n-1)); return [M(-1)]+[i*s-1 for i in range(1,m-1)]+[M(-1)]
def cheb(x):
  n=len(x); r=[]
  for i in range(1,n+1):
    integral = M(0) if i%2 else M(-1)/(i*i-1)
    r.append(sum(mp.chebyt(i,2*v-1) for v in x)/n-integral)
  return r
h=M(1)/2
P=[
 (1,'rosenbrock',exrosen,'-1.2 1'),
 (2,'freudensteinRoth',lambda x:[-13+x[0]+((5-x[1])*x[1]-2)*x[1],-29+x[0]+((x[1]+1)*x[1]-14)*x[1]],'0.5 -2'),
 (3,'powellBadlyScaled',lambda x:[M(10)**4*x[0]*x[1]-1,e(-x[0])+e(-x[1])-M('1.0001')],'0 1'),
 (4,'brownBadlyScaled',lambda x:[x[0]-M(10)**6,x[1]-M('2e-6'),x[0]*x[1]-2],'1 1'),
 (5,'beale',lambda x:[M('1.5')-x[0]*(1-x[1]),M('2.25')-x[0]*(1-x[1]**2),M('2.625')-x[0]*(1-x[1]**3)],'1 1'),
 (6,'jennrichSampson',lambda x:[2+2*i-(e(i*x[0])+e(i*x[1])) for i in range(1,11)],'0.3 0.4'),
 (7,'helicalValley',helical,'-1 0 0'),
 (8,'bard',lambda x:[BARD[i-1]-(x[0]+i/((16-i)*x[1]+min(i,16-i)*x[2])) for i in range(1,16)],'1 1 1'),
 (9,'gaussian',lambda x:[x[0]*e(-x[1]*(M(8-i)/2-x[2])**2/2)-GAUSS[i-1] for i in range(1,16)],'0.4 1 0'),
 (10,'meyer',lambda x:[x[0]*e(x[1]/(45+5*i+x[2]))-MEYER[i-1] for i in range(1,17)],'0.02 4000 250'),
 (11,'gulf',gulf,'5 2.5 0.15'),
 (12,'box3d',lambda x:[e(-M(i)/10*x[0])-e(-M(i)/10*x[1])-x[2]*(e(-M(i)/10)-e(-M(i))) for i in range(1,11)],'0 10 20'),
 (13,'powellSingular',powells,'3 -1 0 1'),
 (14,'wood',lambda x:[10*(x[1]-x[0]**2),1-x[0],mp.sqrt(90)*(x[3]-x[2]**2),1-x[2],mp.sqrt(10)*(x[1]+x[3]-2),(x[1]-x[3])/mp.sqrt(10)],'-3 -1 -3 -1'),
 (15,'kowalikOsborne',lambda x:[KOWY[i]-x[0]*(KOWU[i]**2+KOWU[i]*x[1])/(KOWU[i]**2+KOWU[i]*x[2]+x[3]) for i in range(11)],'0.25 0.39 0.415 0.39'),
 (16,'brownDennis',lambda x:[(x[0]+M(i)/5*x[1]-e(M(i)/5))**2+(x[2]+x[3]*mp.sin(M(i)/5)-mp.cos(M(i)/5))**2 for i in range(1,21)],'25 5 -5 -1'),
 (17,'osborne1',lambda x:[OSB1[i]-(x[0]+x[1]*e(-10*i*x[3])+x[2]*e(-10*i*x[4])) for i in range(33)],'0.5 1.5 -1 0.01 0.02'),
 (18,'biggsExp6',biggs,'1 2 1 1 1 1'),
 (19,'osborne2',lambda x:[OSB2[i]-(x[0]*e(-M(i)/10*x[4])+x[1]*e(-(M(i)/10-x[8])**2*x[5])+x[2]*e(-(M(i)/10-x[9])**2*x[6])+x[3]*e(-(M(i)/10-x[10])**2*x[7])) for i in range(65)],'1.3 0.65 0.65 0.7 0.6 3 5 7 2 4.5 5.5'),
 (20,'watson',watson,'0 '*6),
 (21,'extendedRosenbrock',exrosen,'-1.2 1 '*5),
 (22,'extendedPowellSingular',powells,'3 -1 0 1 '*3),
 (23,'penalty1',pen1,'1 2 3 4'),
 (24,'penalty2',pen2,'0.5 '*4),
 (25,'variablyDimensioned',vardim,' '.join(str(1-M(j)/10) for j in range(1,11))),
 (26,'trigonometric',trig,'0.1 '*10),
 (27,'brownAlmostLinear',brownal,'0.5 '*10),
 (28,'discreteBoundaryValue',dbv,None),
 (29,'discreteIntegralEquation',die,None),
 (30,'broydenTridiagonal',broytri,'-1 '*10),
 (31,'broydenBanded',broyband,'-1 '*10),
 (32,'linearFullRank',linfr,'1 '*10),
 (33,'linearRank1',linr1,'1 '*10),
 (34,'linearRank1Zeros',linr1z,'1 '*10),
 (35,'chebyquad',cheb,None)]
def start(n,s):
  if s: return S(s)
  if n in (28,29): return [(M(i)/11)*(M(i)/11-1) for i in range(1,11)]
  return [M(i)/9 for i in range(1,9)]

if __name__ == "__main__":
  for n, name, r, s in P + [(20, "watson9", watson, "0 " * 9), (20, "watson12", watson, "0 " * 12)]:
    values = r(start(n, s))
    print(n, name, [float(v) for v in values], float(sum(v * v for v in values)))
