package registry

// exampleItems are twelve questions of an office's rules with the answers of two
// systems and what a right answer holds, all written by the course: an example to
// judge, not the output of any model. The first system is terse, the second chatty
// and sometimes wrong.
const exampleItems = `题目,甲,乙,参考
年假最早可以提前几天申请？,提前 30 天。见《休假办法》第 4 条。,年假当然要早做打算！一般来说提前两个月就可以申请，越早越好哦。,30 天
出差住宿的标准是多少？,一线城市每晚 600 元，其他 400 元；超出部分自理。,住宿标准按城市分档：一线城市每晚 600 元，其他城市 400 元，超出的部分需要自己承担，发票请妥善保管。,600 / 400 元
试用期内可以申请远程办公吗？,不可以。转正后每周至多两天。,可以的，和主管商量好每周安排两天即可，祝您工作愉快。,试用期不可以
发票抬头写错了怎么办？,退回商家重开；无法重开的附说明，由主管签字。,别担心，这很常见。请联系商家重开；如果开不了，写一份情况说明，请主管签字后一并提交。,重开，或说明加签字
加班餐补几点以后才有？,20 点以后。,晚上八点以后加班就有餐补，每餐三十元，记得当月报销。,20 点
电脑坏了找谁？,IT 服务台，内线 8000。,请拨打内线 8000 联系 IT 服务台，他们会在一个工作日内上门；急用的话可以先借备用机。,内线 8000
离职要提前多久提？,30 天；试用期 3 天。,按规定提前一个月书面提出就好，无论是否转正都是一样的。,30 天 / 试用期 3 天
会议室最长能订多久？,一次 4 小时。,一次最多可以预订四个小时，需要更久的话可以联系行政特批。,4 小时
访客能连公司的无线网吗？,能，用访客网，密码当天有效；不能连内网。,可以，前台会提供密码，连上之后就能访问公司的系统了。,访客网，不通内网
体检每年几次？,资料里没有。,每年一次，一般安排在秋季，由合作医院提供套餐。,资料里没有，应当拒答
合同由谁盖章？,法务审核后由行政盖章。,先由法务审核，通过之后交给行政盖章，全程在系统里可以看到进度。,法务审核，行政盖章
迟到三次会怎样？,扣半天全勤奖。,一个月内迟到三次会扣除当月的全勤奖，请注意时间。,扣半天全勤奖
`

// exampleJudgements are three made-up judges' marks on exampleItems, shuffled with
// the default seed: an example to compute with, written by the course.
const exampleJudgements = "1:0=lryn43,1=ttyy53,2=rlny24,3=tlyy35,4=rryy44,5=tryy35,6=rrny34,7=tlyy53,8=rtny24,9=rlny34,10=ttyy44,11=lryn42;2:0=llyn44,1=tryy44,2=ltyn43,3=llyy44,4=tryy43,5=tryy44,6=rtny44,7=tryy44,8=lryn43,9=rlny44,10=tryy43,11=ltyn43;3:0=lryn42,1=tryy53,2=lryn44,3=tryy35,4=ttyy44,5=tlyy35,6=lryn42,7=lryy53,8=rlny44,9=rtny24,10=tlyy44,11=tlyy44"
